"""
Folds callers into what is stored of them: new calls are added, all else is folded whole.

Both ways write the same rows. Only `projection` and `intake` use this room.
"""
