"""
OpenMemory in this process, through its SDK.

`store` (`SdkStore`) and `install` are for `projector/engines`. `process` and `file` belong to this room.
"""
