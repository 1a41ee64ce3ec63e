"""Reconciliation: from the referral of harm until what was agreed to repair it is done, and seen to be done.

Owns processes, the parties in them, their consent and their commitments. Must never learn what a complaint says in
words or what discipline was considered; and what is said in a session stays there: nothing here keeps it.
"""
