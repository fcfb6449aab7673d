"""Classify: one label for each picture."""
