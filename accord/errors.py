"""What an operator is told when a command cannot be carried out."""


class OperatorError(Exception):
    """A sentence that says what is wrong and what to do; the command ends with exit code 1."""
