"""OpenMemory as a running server, asked over HTTP."""
