"""
A payload log in a folder: immutable files and one journal.

Only `events.open_log`, `verify` and `importing` may use this room. Everybody else gets an `EventLog` from
`events.open_log`. `append` holds the steps of an append.
"""
