"""
Verifies that nothing of a log is missing, altered or slipped in.

The `events` command uses `verification` (`Verification`), `findings` and `heads`. `events/importing` shares the search
for unexpected files. All else belongs to this room.
"""
