"""
What is left to do once all is projected: the outbox, and erasures, until no file and no server holds an erased word.

`finisher` does it, in turns; `engine_watch` looks at an outside engine, and `log_wiper` has the log wiped.
"""
