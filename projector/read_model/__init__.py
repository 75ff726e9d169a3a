"""
All that is known of each caller: the projector writes it, ingress and the commands read it.

Others may use `protocol`, `live_reader` and `tables` (what a read model is), `open` (the one place that opens one),
`records` and `checksums`. `sqlite` keeps the read model in SQLite, and belongs to this room.
"""
