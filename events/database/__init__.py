"""Sets a database up for many machines, and says whether it would keep what it commits: `events database`."""
