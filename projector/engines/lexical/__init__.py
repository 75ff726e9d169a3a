"""The embedded engine: a lexical index in the read model's own file."""
