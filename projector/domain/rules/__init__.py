"""
The rules of the fold: what each of them keeps of earlier calls, and what it makes of the next one.

A rule that depends on earlier calls is a `Struct` that holds what it needs of them, and nothing more: its `after`
returns the same for one more call. Only `fold` uses them.
"""
