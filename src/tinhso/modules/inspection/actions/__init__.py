"""Writes of inspection: scenarios loaded and switched, findings made, answered and closed."""
