"""The published language: every event that one service tells the others, and who else may learn of it.

A field is private to the services unless its type says `Oversight[...]` or `Public[...]`. No event carries free text,
except text that a person released in a publication step (`ReleasedText`). Both are refused when the class is made.
"""
