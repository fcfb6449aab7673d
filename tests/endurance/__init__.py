"""Runs that are interrupted at random moments, again and again; what is left must be whole."""
