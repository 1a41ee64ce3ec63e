"""What can be asked of the house: one document for programs, and pages for people."""
