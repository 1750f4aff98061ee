"""Every read of the data store."""
