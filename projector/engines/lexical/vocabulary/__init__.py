"""
Turns text into search terms.

`terms`, `asked` (those of a question) and `alike` (what may have been said in their place) are for the rest of the
engine, the other files are for `terms`.
"""
