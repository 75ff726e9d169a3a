"""
The embedded engine: a lexical index in the read model's own file.

`engine` and `segment` are for `projector/engines`. The other files belong to this room: they split text into terms,
and rank memories by them.
"""
