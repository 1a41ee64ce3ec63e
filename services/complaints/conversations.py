"""The threads of a complaint: between whoever holds its receipt code and staff who may see it."""

from shared.threads import Thread

COMPLAINANT = "complainant"
"""The side of whoever holds the receipt code."""

MESSAGES = Thread("messages", most=1_000, waiting=10)
ADDITIONS = Thread("additions", most=20, waiting=0)
REASONS = Thread("reasons", most=20, waiting=0)
"""The reasons of the decision, in the words that were released to whoever complained; the last ones hold."""
REVIEW = Thread("review", most=2, waiting=1)
FEEDBACK = Thread("feedback", most=1, waiting=0)
