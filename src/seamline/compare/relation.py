"""Whether one image stands on the other."""

from __future__ import annotations

from collections.abc import Iterator

from seamline.model.evidence import Message
from seamline.model.report import ImageLine, InspectReport


def relation(a: InspectReport, b: InspectReport) -> Iterator[Message]:
    """What the layers say: the same image, one on the other, on one base, or nothing in common."""
    below_a, below_b = _chain(a.image), _chain(b.image)
    names = {"a": a.image.reference, "b": b.image.reference}
    if below_a and below_a == below_b:
        yield Message("same-layers", names)
    elif below_a and below_b[: len(below_a)] == below_a:
        yield Message("b-stands-on-a", names)
    elif below_b and below_a[: len(below_b)] == below_b:
        yield Message("a-stands-on-b", names)
    else:
        yield from _apart(a, b, names)


def _apart(a: InspectReport, b: InspectReport, names: dict[str, str]) -> Iterator[Message]:
    bases = [[each.base.reference for each in report.strata if each.base is not None] for report in (a, b)]
    shared = [name for name in bases[0] if name in bases[1]]
    if shared:
        yield Message("on-one-base", {**names, "base": shared[-1]})
    elif bases[1] and a.kind == "system":
        yield Message("b-on-another-base", {**names, "base": bases[1][-1]})
    else:
        yield Message("nothing-shared", names)


def _chain(image: ImageLine) -> tuple[str | None, ...]:
    found = tuple(layer.diff_id for layer in image.layers)
    return () if None in found else found
