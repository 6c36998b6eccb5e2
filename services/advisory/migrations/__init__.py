"""Shapes of advisory's tables, step by step."""
