"""
The work of the `projector` command; `projector/__main__.py` only parses its options.

Only `projector/__main__.py` uses this room. Its settings are in `settings`.
"""
