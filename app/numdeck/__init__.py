"""numdeck: a terminal dashboard for ordering phone numbers and waiting for their SMS codes."""

__version__ = "0.1.0"
