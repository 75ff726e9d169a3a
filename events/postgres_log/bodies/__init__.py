"""
The bodies of a log in PostgreSQL, sealed: what is stored can be read for as long as the key of its owner is there.

`draft` is a body on its way and `owned` what it is called, `parts` are its rows, `keys` the keys, `sealing` the cipher,
and `reading` gives it back. `objects` are the long ones that lie in a `store` of objects, `refusals` are what it did
not take of late, and a `look` says whether it would take one now.
"""
