"""
The three webhooks of ElevenLabs: after a call, at the start of a call, and during a call.

`app` uses the handlers `post_call`, `client_data` and `search_data`, and `appending` (`Appender`).
"""
