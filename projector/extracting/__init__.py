"""
Asks models what calls teach, in a process that the projection never waits for, and appends what they say.

`worker` begins that process, `process`, in which alone an SDK is imported. `asker` asks: which calls is the matter of
`unread` and `log_watch`, when to ask again of `schedule`, and who may be asked of `limits`. `commands` lets a person
have it done.
"""
