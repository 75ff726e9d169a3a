"""
One file for each table: its columns, and every statement that touches it.

Only `projector/read_model/postgres` uses them. What a table holds, and what is asked of it, is that of SQLite's table
of the same name: `projector/read_model/tables` says what that is. A flag is a number, and a text is ordered by its
bytes, so that the rows are the same, their checksums too.
"""
