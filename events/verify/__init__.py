"""
Verifies that nothing of a log is missing, altered or slipped in.

The `events` command uses `verification` (`Verification`) and `findings`. `events/importing` shares the search for
unexpected files. All else belongs to this room.
"""
