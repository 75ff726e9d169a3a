"""The loss of servers under load, where the log lies in PostgreSQL with a synchronous standby."""
