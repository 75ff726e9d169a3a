"""
Worker processes, which do the part of a replay that needs no open database.

`pool` and `messages` are for the rooms that replay. `work` does the same in the process itself.
"""
