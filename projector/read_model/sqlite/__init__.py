"""
The read model in SQLite, one database for each generation.

`reading` is for readers. Everything else is for the rooms that write: `database`, `connection`, `generations` (which
one is live), `checksums`, `damage`, `footprint` (changes to files that we did not make) and `tables`.
"""
