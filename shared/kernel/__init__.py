"""Mechanisms that every service needs the same way; no business word stands here."""
