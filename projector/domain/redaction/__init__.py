"""
Finds the numbers that must not be remembered, and removes them from a call.

Others may use `redaction` (`redact`, `RedactionSettings`). `spoken_numbers`, which reads digits that were said aloud,
also serves the lexical engine. `sensitive_numbers` and `find_numbers` belong to this room.
"""
