"""
The files of a database, as they are beside SQLite.

`footprint` tells whether another process changed them. `log_mover` moves the write-ahead log into the database, and
leaves no byte there of what was removed; `pages` and `write_ahead_log` read the formats for it.
"""
