"""
All that is known of each caller: the projector writes it, ingress and the commands read it.

Others may use `records`. `sqlite` keeps the read model in SQLite.
"""
