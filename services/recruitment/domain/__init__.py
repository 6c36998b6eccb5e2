"""What recruitment decides and records: aggregates, their events, policies. No I/O, no clock."""
