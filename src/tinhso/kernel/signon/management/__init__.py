"""Commands of sign-on."""
