"""What a comparison means, in words: what each image is for, whose duty is what, how much risk is inherited."""

from __future__ import annotations

from collections.abc import Iterator

from seamline.model.advisory import Status
from seamline.model.evidence import Message
from seamline.model.package import Side
from seamline.model.portrait import Portrait


def conclude(a: Portrait, b: Portrait) -> Iterator[Message]:
    """The sentences, the most telling first."""
    for letter, portrait in (("A", a), ("B", b)):
        yield Message(f"is-{portrait.inspect.kind}", {"image": letter})
    for letter, portrait in (("A", a), ("B", b)):
        fixable = [
            each
            for each in portrait.scan.findings
            if each.status == Status.FIXED.value and not each.suppressed
        ]
        if fixable:
            inherited = sum(each.side == Side.SYSTEM for each in fixable)
            own = sum(each.side == Side.APPLICATION for each in fixable)
            args: dict[str, str | int] = {
                "image": letter,
                "number": len(fixable),
                "inherited": inherited,
                "own": own,
            }
            yield Message("inherited-and-own", args)
