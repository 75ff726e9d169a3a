"""
What is found for a question during a call: the memories of the caller, and of nobody else.

`webhooks` uses `asking` (a question, and who asks it) and `finding`. `times` (what is of the time that a question
names), `newest` (which of two values comes first), `proofs` (a fact in place of the turns that prove it), `padding`
(what is told beside what was found) and `withholding` (what is told only to who asks for it) are for `finding`.
"""
