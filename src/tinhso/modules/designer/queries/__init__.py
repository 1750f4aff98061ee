"""Reads of the designer."""
