"""
The steps of an append, from a body to a receipt, and the recovery of an append that a crash interrupted.

Only `events/folder_log` uses this room: `draft`, then `publish`, `link` and `commit`; `recover` after a crash.
"""
