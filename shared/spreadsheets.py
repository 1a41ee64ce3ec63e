"""No spreadsheet computes what stands in a table of ours: text that could be a formula has an apostrophe before it.

Whoever opens CSV sees text; a complaint's words must not become a program there (OWASP, CSV injection).
"""

BEGINNINGS = "=+-@\uff1d\uff0b\uff0d\uff20"
"""What a spreadsheet takes as the beginning of a formula; the last four are the full-width forms of the first."""
BREAKS = ("\t", "\r", "\n")
"""What a spreadsheet may take as the beginning of another cell."""


def harmless(value: object) -> str:
    """Return a value as a cell of CSV; None is an empty one, and a number stays a number."""
    if value is None:
        return ""
    written = str(value)
    if isinstance(value, int | float):
        return written
    begins = written.lstrip()[:1]
    return f"'{written}" if written.startswith(BREAKS) or (begins and begins in BEGINNINGS) else written
