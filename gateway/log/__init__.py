"""The verifiable log: the feed as a Merkle tree that only grows, in the formats that witnesses and monitors read.

`tree`, `tiles`, `notes`, `checkpoints` and `proofs` are pure; they know neither database nor network. The log owns no
content: a leaf is what `gateway.feed.leaves` makes of an entry.
"""
