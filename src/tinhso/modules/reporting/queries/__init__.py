"""What can be known of reports."""
