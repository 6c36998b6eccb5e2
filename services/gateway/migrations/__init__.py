"""Shapes of the gateway's tables, step by step."""
