"""Settings: base, and what differs in dev, test and prod."""
