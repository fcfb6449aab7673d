"""What the networks say about a picture, and the tables that put it in words. More than one tool reads it."""
