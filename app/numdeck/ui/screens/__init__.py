"""The screens: each routes messages and commands, and leaves drawing to its panes."""
