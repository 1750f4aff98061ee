"""Migrations of the documents kernel."""
