"""A person's name in its parts, and how that person is addressed."""

from msgspec import Struct


def is_initials(given: str) -> bool:
    """Return whether a first name is told by its first letters alone: `J.`, `J.R.`."""
    return bool(given) and all(len(letters) <= 1 for letters in given.replace(" ", ".").split("."))


class Name(Struct, frozen=True):
    """
    The name of a person; any part may be empty.

    `title` is what stands before it: `Dr.`, `Frau Prof.`, `Don`. `is_whole` says that the last name was told within a
    whole name, and not in a field of its own. Then it is a form of address also alone: `van der Berg`.
    """

    title: str = ""
    given: str = ""
    family: str = ""
    is_whole: bool = False

    @property
    def whole(self) -> str:
        """The name as it is written."""
        return " ".join(part for part in (self.title, self.given, self.family) if part)

    @property
    def address(self) -> str:
        """How to address the person, as a person would; empty where only a last name was told, as such."""
        if self.title or is_initials(self.given):
            return self.whole  # nobody is called `Dr.` or `J.`
        return self.given or (self.family if self.is_whole else "")
