"""One suite for every kind of log: what `events.log.protocol` promises, seen from outside."""
