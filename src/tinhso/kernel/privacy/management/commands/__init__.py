"""Commands of the privacy kernel."""
