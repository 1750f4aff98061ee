"""Doors of sign-on: discovery, authorization, tokens, sign-out, and the page of the systems one came into."""
