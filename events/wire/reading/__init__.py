"""
Reads what a strict decoder refuses, or has no type for.

Others may use all files: `webhook` (one of the three webhooks, without its odd values), `loose_json` (JSON that
Python's own parser reads), `parties` (whom an event of any type names), `detection` (whether a machine answered),
`language` (what the agent's tool detected).
"""
