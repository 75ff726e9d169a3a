"""The read model in SQLite, one database for each generation."""
