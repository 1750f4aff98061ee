"""Every read of the administration, always `seen_by=` or asked before."""
