"""
The sentences that an agent hears about a caller, and the greeting.

`webhooks` uses both files: `phrases` and `greeting`. Pure.
"""
