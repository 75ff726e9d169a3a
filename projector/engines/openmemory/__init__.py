"""
OpenMemory as a memory engine, through its SDK or a server.

`engine` and `store` are for `projector/engines`. `sdk` and `server` are the two kinds of store, `rows` translates
between our memories and OpenMemory's rows, and `searching` finds these.
"""
