"""Every act of the data store, by what it is about."""
