"""Train and evaluate the upscaling networks. See README.md."""
