"""What can be asked, by subject and by whom."""
