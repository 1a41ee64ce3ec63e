"""What can be done to a complaint: each function is one transaction's work."""
