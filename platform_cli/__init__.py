"""The `ore` command: runs the platform and takes care of it."""
