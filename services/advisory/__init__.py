"""Advisory: teams of two experts and the advisory cycle of each qualified JST."""
