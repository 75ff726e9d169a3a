"""What a look of `ingress doctor` found: one line, which ends in what to do."""

from msgspec import Struct

OK, WARNING, WRONG, SKIPPED = "ok", "warning", "wrong", "skipped"
NOTHING_TO_DO = "Nothing to do."


class Finding(Struct, frozen=True):
    """
    One line: the group that it belongs to, what it is about, `ok`, `warning`, `wrong` or `skipped`, what is so, and
    what to do.
    """

    group: str
    subject: str
    state: str
    text: str
    then: str = NOTHING_TO_DO


class Findings:
    """Collects the findings of one group."""

    def __init__(self, group: str) -> None:
        self.found: list[Finding] = []
        self._group = group

    def ok(self, subject: str, text: str) -> None:
        """Note that something is right."""
        self.found.append(Finding(self._group, subject, OK, text))

    def warn(self, subject: str, text: str, then: str) -> None:
        """Note what may become wrong, or what cannot be told from here."""
        self.found.append(Finding(self._group, subject, WARNING, text, then))

    def wrong(self, subject: str, text: str, then: str) -> None:
        """Note what is wrong."""
        self.found.append(Finding(self._group, subject, WRONG, text, then))

    def skip(self, subject: str, text: str, then: str) -> None:
        """Note what was not looked at."""
        self.found.append(Finding(self._group, subject, SKIPPED, text, then))
