"""Details: what a file says besides its pixels, and a copy that says nothing."""
