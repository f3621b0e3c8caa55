"""The operator's desk without a screen: polls, reconciles, orders, cancels and announces events."""
