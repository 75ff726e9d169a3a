"""Measures what search finds and how fast everything is, on real sockets and real files; `make bench`."""
