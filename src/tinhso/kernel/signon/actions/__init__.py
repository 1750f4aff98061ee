"""Every act of sign-on, by what it is about."""
