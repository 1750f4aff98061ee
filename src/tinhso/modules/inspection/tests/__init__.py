"""Tests of inspection that need no other module."""
