"""Statistics: what the entries of the feed add up to, and what may be said of groups of people without telling of one.

Tables of the feed are counted from entries alone. Tables crossed with a personal attribute are published in releases
only, with cells withheld (`gateway.statistics.suppression`).
"""
