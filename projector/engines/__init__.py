"""
Memory engines: indexes over memories, behind one protocol.

An engine is given memories and returns our ids. The words are read from the read model, by caller, so that no
engine can make one caller hear another's past.
"""
