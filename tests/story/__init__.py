"""The whole programme through the REST API, and whether every number then agrees."""
