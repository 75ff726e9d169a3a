"""
The sentences that an agent hears about a caller, and the greeting.

`webhooks` uses `phrases`, `found` (what was found for a question), `greeting`, `spoken_name` (what of a name can be
said), `told_facts` (which facts, and what is no longer so), `whose` (who said it), `before` (whether a question asks
what was) and `cleaning`. Pure.
"""
