"""
Makes the vectors of memories, after the words, in a process that nobody waits for; leaves none of what was erased.

`commands` begins `worker`, which is told what has changed; only it starts `process`. What is done there is `filling`.
`deaths` knows what ended that process. `follow` finishes erasures with `cleaner`.
"""
