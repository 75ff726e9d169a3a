"""
Forgetting callers.

`projection.py` uses `eraser` (which calls and events a request covers, as the log is projected) and `work` (removes
them afterwards, in slices). `check` tells forged erasures, `coverage` is the rule, `clock` what the log knows
of the time, `keys` how a request names its caller, `search` finds events of no conversation and those that could not be
folded, `unsearched` what could not be read then, and `removal` removes files. Whom an event names that folds to nobody,
`projector/projection/intake.py` notes beside the callers whom the fold knows.
"""
