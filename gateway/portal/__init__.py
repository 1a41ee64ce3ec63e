"""The pages that people read: they are made from the feed, and from nothing else."""
