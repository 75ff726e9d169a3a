"""
Starts of our commands in a tenth of the processor time: by a fork of a process that has imported what they need.

`starter` runs in that process, `process` is what a test holds of a process that was started so.
"""
