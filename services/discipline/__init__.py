"""Discipline: from sustained charges against an officer until the sanction has been carried out.

Owns discipline cases, what was recommended, decided and appealed in them, the officer's answer, and the roster of
officers. Must never learn who complained, who was nominated for an award, or what was said in a mediation.
"""
