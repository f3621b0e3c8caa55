"""numdeck: a terminal dashboard for ordering phone numbers and waiting for their SMS codes."""
