"""
One sign-in for all systems of the province: an OpenID Connect provider (OpenID Connect Core 1.0, RFC 6749, 9700).

Đăng nhập một lần. Who somebody is, and how they proved it, is identity's; this kernel tells other systems, as far as each is
allowed to know and, where the system is not the province's own, as far as the person agrees. Keeps: who came into which
system for ninety days after it ended; consent until the account goes; keys until the last token they signed has expired.
"""
