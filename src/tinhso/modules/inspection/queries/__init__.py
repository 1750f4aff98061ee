"""Reads of inspection: conditions, what a scenario sees, findings as pages show them."""
