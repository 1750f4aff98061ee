"""
Everything that pyHanko does for us: filling signature fields, making empty ones, checking what was signed.

pyHanko costs a second of processor time and 40 MB to import, and most processes never sign: whoever needs this package
imports it inside a function.
"""
