"""Django's SQLite, which remembers how it spelt a statement: named in DATABASES as `tinhso.base.sqlite`."""
