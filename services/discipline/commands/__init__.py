"""What can be done to a discipline case: each function is one transaction's work."""
