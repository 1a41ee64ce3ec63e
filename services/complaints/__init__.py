"""Complaints: from the moment somebody complains until every allegation has a finding, with reasons.

Owns complaints, allegations, the people in them and receipt codes. Must never learn what discipline was considered,
who was nominated for an award, or what was said in a mediation.
"""
