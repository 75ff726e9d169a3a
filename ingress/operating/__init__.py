"""
For operators: the health of the service, export and erasure of callers, simulated webhooks.

`app` uses `status` and `callers`, and the `ingress` command uses `simulate`.
"""
