"""
One file for each table: its columns, and every statement that touches it.

Only `projector/read_model/sqlite` uses them.
"""
