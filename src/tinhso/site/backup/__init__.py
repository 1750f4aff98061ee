"""
Backups: taken while the platform runs, only what is new, readable by nobody but the holder of the recovery key.

`sealing` closes and opens pieces, `store` keeps them in a folder, `databases` takes and gives back the database,
`making` and `restoring` put a run together and take it apart.
"""
