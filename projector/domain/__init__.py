"""
Pure: from calls to memories, without clock, chance or I/O.

Others may use `calls` (`Call`, `Turn`), `memories` (`Memory`, `CallerView`, `Fact`), `fold` (`fold`) and
`redaction.redaction` (`redact`). `names.fields` has the default of `NAME_FIELDS`.
"""
