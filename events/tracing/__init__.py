"""
Traces, if they are configured: what one webhook took, from its head to its memories, for OpenTelemetry.

Others may use `settings` (`TracingSettings`, `read_tracing`), `recording` (`Recording`, `step`), `identity`
(`identity_of`) and `tracer` (`Tracer`, `tracing`). `exporting` is imported only where traces are on: it alone imports
OpenTelemetry.
"""
