"""
What a payload log is, wherever it is kept: its protocol, events and receipts, and the events that we append ourselves.

Others may use all files: `protocol` (`EventLog`, `Draft`), `event` (`Event`, `DamagedLine`), `receipt` (`Receipt`,
`Place`), `filing` (the kinds of events), `erasure` and `erasure_request`, and `mentions` (whether an event names a
caller). A kind of log, such as `events/folder_log`, stands beside this room.
"""
