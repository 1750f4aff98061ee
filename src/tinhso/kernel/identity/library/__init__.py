"""
Vietnamese for the sign-in library (django-allauth), which has none of its own.

An app with nothing but `locale/`, installed after ours, so that a sentence of ours wins where both have it.
"""
