"""Tests of the data store."""
