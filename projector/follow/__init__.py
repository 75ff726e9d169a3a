"""
Keeps the live generation at the end of the log: follows, checks and replays.

The commands use `follower` (`Follower`), `replay` (`Replay`) and `replay_lock`. All else belongs to this room.
"""
