"""
Finds the numbers that must not be remembered, and removes them from a call.

Others may use `redaction` (`redact`, `RedactionSettings`) and the `KINDS` of `replacing`. `spoken_numbers`, which reads
digits that were said aloud, also serves the lexical engine. All else belongs to this room: `find_numbers` searches a
call, with `speakers` and `read_back` over its turns; `effort` says what is too long for that, and `all_numbers` removes
every number from it.
"""
