"""The one error of the converter."""


class ConversionError(Exception):
    """A model cannot be made: the message says what was got, what was wanted and what to do."""
