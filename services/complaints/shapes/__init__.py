"""The complaint as it is spoken of over the wire."""
