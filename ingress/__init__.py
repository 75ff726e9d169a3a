"""
HTTP in, events out: authenticates webhooks, appends what happened, and answers questions about callers.

No other package uses this one. `app` puts it together, `serve` runs it, `settings` reads its settings.
"""
