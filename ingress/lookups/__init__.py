"""
Questions to the read side while a caller is on the line, in threads and with deadlines.

Handlers use `read_pool` (`ReadPool`), `engine_health` (`EngineHealth`) and `outage_log` (`OutageLog`).
"""
