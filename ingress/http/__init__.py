"""Between the socket and a handler: limits, ids, keys, errors, documentation."""
