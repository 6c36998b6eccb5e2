"""What advisory decides: pure, without input or output."""
