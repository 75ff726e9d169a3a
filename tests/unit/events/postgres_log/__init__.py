"""Tests of the parts of a log in PostgreSQL that need no server."""
