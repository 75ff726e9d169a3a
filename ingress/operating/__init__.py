"""
For operators: `/health` and `/metrics`, export and erasure of callers, simulated webhooks, setting up, looking.

`app` uses `checkup`, `metrics` and `callers`, and the `ingress` command uses `simulate`, `setup` and `doctor`.
"""
