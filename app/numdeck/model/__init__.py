"""What an order is, and the rules: pure data and pure functions, no input or output, no clock of their own."""
