"""Code that every layer uses: flows, shared results and options, boxes, wording."""
