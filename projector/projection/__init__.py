"""
Turns events into rows: stores calls, folds callers and carries out erasures, in one transaction for each batch.

`follow` uses `projection` (`Projection`), `engine_sync`, `folding.shared_folds` and `workers`; the commands use
`settings`. All else belongs to this room.
"""
