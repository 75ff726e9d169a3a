"""
OpenMemory in this process, through its SDK.

`store` (`SdkStore`), `process` (`SdkProcess`) and `install` are for `projector/engines`. `file` belongs to this room.
"""
