"""Shapes of monitoring's tables, step by step."""
