"""One suite for every kind of log: the promises of `events.log.protocol`, seen from outside."""
