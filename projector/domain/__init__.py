"""
Pure: from calls to memories, without clock, chance or I/O.

Others may use `calls` (`Call`, `Turn`), `memories` (`Memory`, `CallerView`, `Fact`), `fold` (`fold`) and
`redaction.redaction` (`redact`).
"""
