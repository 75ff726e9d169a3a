"""
The tables by which callers are forgotten.

`parties` says who took part in which conversation, and who is being forgotten; `filed` finds the events of a
conversation, and those of none; `erasures` holds the requests, and `erased` what is erased for them.
"""
