"""Sentences and words that the whole import shares."""


class ImportRefusedError(Exception):
    """The import as a whole cannot be done; the sentence names the file and what is wrong in it."""


def folded(words: str) -> str:
    """Return `words` as they are compared: without regard to case and to how they are spaced."""
    return " ".join(words.split()).casefold()
