"""Shapes of recruitment's tables, step by step."""
