"""Comparison: one label and many tags of the same picture, and what is different about them."""
