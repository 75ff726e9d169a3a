"""
All that stands between the socket and a handler: limits, request ids, keys, errors and documentation.

`app` and `serve` wrap the application with `protocol`, `backpressure`, `patience`, `shortcut`. Handlers use `requests`,
`errors`, `openapi` and `auditing`.
"""
