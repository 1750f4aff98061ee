"""Every act of the one-stop shop, one function each, read like the procedure."""
