"""What monitoring decides: pure, without input or output."""
