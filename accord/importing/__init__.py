"""Bringing in what an agency kept before: a table and a mapping become records, and what does not hold up is set aside.

Nothing is dropped silently: every row of the table ends in a record or in the quarantine, with the reason.
"""
