"""
The tables of the memory engines.

`segments` and `blocks` hold the lexical index; `openmemory_rows` says what OpenMemory holds, and `outbox` what an
engine outside of the read model is still to be told.
"""
