"""
The sentences that an agent hears about a caller, and the greeting.

`webhooks` uses `phrases`, `greeting`, `spoken_name` (what of a name can be said), `told_facts` (which facts, and what
is no longer so) and `before` (whether a question asks what was). Pure.
"""
