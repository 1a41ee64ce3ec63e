"""The transparency feed: what the public may know of every case, in one order that never changes."""
