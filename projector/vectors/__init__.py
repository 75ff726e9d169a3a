"""
Makes the vectors of memories, after the words, in a process of its own that nobody waits for; leaves none of the erased.

`commands` begins `worker`, which is told what has changed; only it starts `process`. What is done there is `filling`.
`follow` finishes erasures with `cleaner`.
"""
