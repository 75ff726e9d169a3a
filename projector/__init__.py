"""
Events in, memories out: folds the payload log into what is known of each caller.

Ingress may use `read_side`, the records of `domain` and `read_model`, the protocol and settings of `engines`, and
`errors`. The rooms that write are closed to it: `commands`, `follow`, `projection`, `sources`. What a room shows is
said in its `__init__`.
"""
