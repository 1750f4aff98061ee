"""Every act on the catalogue: reading national records into a pack, loading a pack."""
