"""Monitoring: rounds that ask how published HDRs are implemented, and what each JST reports."""
