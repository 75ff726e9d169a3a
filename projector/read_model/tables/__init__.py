"""One protocol for each table of a read model, wherever that is kept: what a writer writes, and an engine keeps."""
