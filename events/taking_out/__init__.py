"""Takes single bodies and recordings out of a log, wherever it is kept. The `events` command uses it."""
