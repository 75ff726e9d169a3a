"""Connections to a server, without one."""
