"""Recognition: from a nomination, or a thank-you from the public, until an award is presented.

Owns commendations and the ballots of the awards board. Must never learn why an officer is not eligible, what they are
accused of, or what discipline was considered.
"""
