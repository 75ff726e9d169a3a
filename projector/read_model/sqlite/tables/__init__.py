"""
One file for each table: its columns, and every statement that touches it.

Only the rooms that write the read model use them.
"""
