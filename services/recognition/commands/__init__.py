"""What can be done to a commendation: each function is one transaction's work."""
