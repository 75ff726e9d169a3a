"""The closed list of what can be known of a caller: how many values, whose, how sensitive, and what it is called."""
