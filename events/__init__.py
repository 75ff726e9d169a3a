"""
The ground floor: what ElevenLabs sends, the payload log that keeps it, and who is calling.

Knows nothing of memories and of HTTP. The other packages open the log with `open_log.open_log`, and use the rooms
`wire`, `log`, `process` and `disk`. They catch the errors of `errors`. What a room shows is said in its `__init__`.
"""
