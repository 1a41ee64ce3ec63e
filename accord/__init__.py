"""The operator's command line: it puts the services together, starts them, and speaks to them as anyone would."""
