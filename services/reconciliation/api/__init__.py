"""The routes of reconciliation, by subject."""
