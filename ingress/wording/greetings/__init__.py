"""
The first message: the greeting of a caller in each of our languages, and the one of somebody who is called.

`webhooks` uses `greeting`, and `open_matters` for what a greeting may ask about. Pure.
"""
