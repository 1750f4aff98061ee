"""The sign-on "VNeID": an OpenID Connect provider, code flow with PKCE, nothing else (Core 1.0; RFC 6749, 7636, 9207)."""
