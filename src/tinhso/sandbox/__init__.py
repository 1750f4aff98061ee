"""
Stand-ins for outside systems, each speaking the real protocol over a real connection, for demonstration and tests.

`python -m tinhso.sandbox --port N --data DIR` runs them as one process on 127.0.0.1: the sign-on "VNeID" (OpenID Connect),
a mailbox (SMTP on port N+1, and a page), and a payment gateway with its own payment page. Nobody in here exists.
"""
