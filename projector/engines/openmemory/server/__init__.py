"""OpenMemory as a running server."""
