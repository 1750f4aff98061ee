"""Commands of the documents kernel."""
