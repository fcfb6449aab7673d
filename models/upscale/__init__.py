"""Trains and measures the networks that enlarge pictures. See README.md."""
