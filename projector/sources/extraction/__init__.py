"""
Asks a model about one call: what it is asked, in how many pieces, and how its answers become one.

`ask` is what others use, with `prompt`. Nothing is kept here and nothing is appended: that is for who asks.
"""
