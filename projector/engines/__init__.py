"""
Memory engines: indexes over memories, behind protocols.

An engine is given memories and returns their ids. The text of a memory is always read from the read model, by caller,
so that no engine can show one caller another's past.

Others may use `protocol`, `settings`, `open`, `registry` and `shutdown`. `lexical` and `openmemory` are one engine
each; they belong to this room and do not know each other.
"""
