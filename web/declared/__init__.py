"""What the page and the documentation take from the declarations in Python: one module for each kind of text."""
