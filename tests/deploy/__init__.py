"""What deployment files promise, checked without a cluster."""
