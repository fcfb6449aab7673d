"""The converter's error class."""


class ConversionError(Exception):
    """A model cannot be converted; the message says what was found, what was expected and what to do."""
