"""The one place that holds Onsight's version."""

__version__ = "0.1.0"
