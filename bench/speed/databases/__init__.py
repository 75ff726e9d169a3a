"""What a log and memories in PostgreSQL cost, beside those in folders, measured in turns in the same run."""
