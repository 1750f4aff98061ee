"""The businesses, one folder each; none imports another. They meet in the kernel."""
