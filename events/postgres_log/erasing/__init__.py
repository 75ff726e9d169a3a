"""
Erasing from a log in PostgreSQL, until no server keeps anything.

`removing` deletes the names, the bodies and their keys, in one commit. `remnants` notes where a key may still be,
`rewriting` rewrites that, and `wiping` asks the servers of `nodes` whether the WAL of before is gone.
"""
