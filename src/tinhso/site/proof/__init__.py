"""
The independent checker: reads what the platform left in its database and its folder of files, and believes neither.

Plain SQL, hashlib and a calendar of its own; no model, no query, no rule of the platform is asked (import-linter holds it),
so that a fault there is not repeated here. It writes nothing. SQLite and PostgreSQL.
"""
