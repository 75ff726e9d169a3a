"""HTTP in, events out: authenticates webhooks, appends what happened, answers what is asked."""
