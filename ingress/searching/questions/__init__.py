"""
What a question of an agent means.

`searching` uses `when` (which time it is about), `safety` (whether a wrong answer may hurt somebody) and `now` (whether
it asks what is so now). `dates` and `events` are for `when`; `words` holds those of each language. Pure.
"""
