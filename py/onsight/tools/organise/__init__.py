"""Organise: many pictures, in a library."""
