"""
OpenMemory as a running server, over HTTP.

`store` (`ServerStore`) and `address` are for `projector/engines`. `http` and `answers` belong to this room.
"""
