"""Building the feed again from its topic: the same entries in the same places, and so the same tree."""
