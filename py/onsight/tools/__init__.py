"""What Onsight can do with a picture, one module a task."""
