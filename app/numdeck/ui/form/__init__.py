"""Fields of the order form: choices, type-ahead, and the row that holds a field with its label and its error."""
