"""
The read model in SQLite, one database for each generation.

`projector/read_model/open.py` uses `generations` and `live_reader`. All else belongs to this room: `database` (one
connection, and our own errors for SQLite's), `reading`, `writing`, `schema`, `soundness`, `files` (the
files beside SQLite) and `tables`.
"""
