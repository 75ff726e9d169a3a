"""
What is found for a question during a call: the memories of the caller, and of nobody else.

`webhooks` uses `asking` (a question, and who asks it) and `finding`. `times` (what is of the time that a question
names), `newest` (which of two values comes first) and `padding` (what is told beside what was found) are for `finding`.
"""
