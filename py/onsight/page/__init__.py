"""Python's side of the page: requests from the browser, and the snapshot that Python starts from."""
