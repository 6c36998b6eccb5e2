"""Two tiny services on the real kernel: what the kernel's own tests run."""
