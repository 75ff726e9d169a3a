"""
Copies a log into another place, whatever kind each of them is: the same lines, the same bodies, the same end.

The `events` command uses it. How each kind of log is read and written so lies in that kind's own room.
"""
