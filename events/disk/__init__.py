"""
File system steps that survive a power cut.

Rooms that write files use `durable` (fsync, file modes), `room` (whether more would fit), `gate` (locks that let one
thread compute at a time) and `steps` (the points at which a test may kill us).
"""
