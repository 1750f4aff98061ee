"""Tỉnh Số: the open platform on which a Vietnamese province runs its digital government."""

__version__ = "0.1.0"
