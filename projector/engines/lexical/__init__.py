"""The embedded engine: a lexical index inside the read model. Others may use `engine` and `segment`."""
