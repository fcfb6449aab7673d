"""Evidence that several tools use: the networks' outputs for a picture, and the tables that interpret them."""
