"""The parts of the desk screen. Each owns its children and is told what to show."""
