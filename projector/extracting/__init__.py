"""
Asks models what calls teach, in a process that the projection never waits for, and appends what they say.

`worker` begins that process, `process`, in which alone an SDK is imported; `opening` opens all that it needs. Which
calls it asks about is the matter of `choosing`, and when, whom and how often of `asking`. `commands` lets a person have
it done, and tried by `probe`.
"""
