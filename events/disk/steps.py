"""The one seam for tests: where a process says which step it has come to, so that a test can end it just there."""


def reached(step: str) -> None:
    """
    Say that a step was reached; does nothing.

    A test runs a process with something else in its place. Call it as `steps.reached(...)`, never imported by name.
    """
