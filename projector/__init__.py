"""
Events in, memories out: folds the payload log into what is known of each caller.

Ingress may use `read_side`, `read_model` (without its writer), `engines`, the records of `domain`, and `errors`. The
rooms that write are closed to it: `commands`, `follow`, `projection`, `sources`. What a room shows is said in its
`__init__`.
"""
