"""The demonstration data and how they are loaded: through the same commands that people use."""
