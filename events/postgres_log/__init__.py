"""
A payload log in PostgreSQL, for any number of machines: the lines of a journal, and the bodies, as rows.

Only `events.open_log` may use this room. Everybody else gets an `EventLog` from there. It needs psycopg 3, the extra
`postgres`. Each line is, byte for byte, the one that a folder's journal would have.
"""
