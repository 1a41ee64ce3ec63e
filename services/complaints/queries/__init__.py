"""What can be asked about complaints, and by whom."""
