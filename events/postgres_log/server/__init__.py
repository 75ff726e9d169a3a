"""
The server that keeps a log: connections to it that are looked at once, and wait for no answer longer than they may.

Only the rooms of `events.postgres_log` may use it. It knows nothing of tables.
"""
