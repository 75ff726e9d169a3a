"""
The door for readers of the read model: ingress, and the commands that show or export.

Others may use all files: `reader` (`ReadModelReader`), `export`, `show`, `listing`,
`heartbeat` and `loading`.
"""
