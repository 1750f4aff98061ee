"""What can be known of plans."""
