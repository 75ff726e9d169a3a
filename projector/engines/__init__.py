"""
Memory engines: indexes over memories. Others may use `protocol`, `settings`, `open`, `registry` and `shutdown`.

An engine is given memories, and a search returns their ids. The text is then read from the read model, by caller, so
that no engine can make one caller hear another's past.
"""
