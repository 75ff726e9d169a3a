"""The body by which an operator corrects what is known of a caller."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

_Text = Annotated[str, Meta(max_length=300)]


class CorrectionRequest(Struct, frozen=True, kw_only=True):
    """
    One correction.

    `correct` takes `attribute` and `value`, and a `person` where several people call from the number; `drop` and
    `resolve` a `memory_id`, `merge` the `other` number (`split` may), `optout` may have `all`, `undo` a `position`.
    """

    action: Annotated[
        Literal["correct", "drop", "resolve", "merge", "split", "optout", "undo"],
        Meta(description="What is to be done: see `docs/corrections.md`."),
    ]
    attribute: Annotated[_Text, Meta(description="One of the registry, or `other:` and a name.")] = ""
    value: Annotated[_Text, Meta(description="What is right.")] = ""
    person: Annotated[
        Annotated[int, Meta(ge=1)] | None, Meta(description="Which of several people who call from the number.")
    ] = None
    memory_id: Annotated[_Text, Meta(description="As an export or `projector show` gives it.")] = ""
    other: Annotated[_Text, Meta(description="The second number of the same person.")] = ""
    all: Annotated[bool, Meta(description="Whether an opt-out is also for the calls until now.")] = False
    position: Annotated[int, Meta(ge=0, description="That of the correction to be undone.")] = 0
    by: Annotated[_Text, Meta(description="Who says so; the name of the key if it is empty.")] = ""
    why: Annotated[_Text, Meta(description="The reason, which `projector show` lists with the correction.")] = ""
