"""
The read model in PostgreSQL, one schema for each generation; `DATABASE_URL` leads here.

`projector/read_model/open.py` uses `generations`, `live_reader` and what outlives generations in `tables`. All else
belongs to this room: `database` (one connection, and our own errors for the driver's), `texts` (how texts are written),
`catalog` (which generations there are), `reading`, `writing`, `schema`, `soundness` and `tables`.
"""
