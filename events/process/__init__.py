"""
What our processes share: settings, logs, and messages on a terminal.

Others may use all files: `environment`, `settings`, `folders`, `log_key` and `doubts` (settings), `command` (exit
codes, the line for an error), `logging` (`get_logger`), `audit` (`AuditTrail`), `screen` (`Screen`, `ProgressReport`),
`terminal` (`printable`, `count_of`).
"""
