"""
A server that keeps a log or memories: connections that are looked at once, and wait for no answer longer than they may.

It knows nothing of tables.
"""
