"""Comparisons of the ledger with what the platform shows, one module for each kind of place."""
