"""
The embedded engine: a lexical index inside the read model.

`engine` and `segment` are for `projector/engines`. The other files belong to this room: they split text into terms,
and rank memories by them.
"""
