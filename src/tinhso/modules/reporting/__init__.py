"""Reporting regimes: forms that agencies fill in for each period, submit, have approved and summed up the levels (S-25)."""
