"""
Joiners, movers and leavers from the province's staff system, by SCIM 2.0 (RFC 7643, RFC 7644).

A user is an official with an account; a group is a post, its members are those who hold it today. Who is made inactive
loses posts, sessions and tokens at once, and what they had taken goes back to the list of its role. Keeps: nothing but
which officials the staff system has deleted.
"""
