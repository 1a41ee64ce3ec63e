"""What can be done in a process: each function is one transaction's work."""
