"""Whether one image stands on the other, and what else two images may be to each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seamline.model.comparison import Head
from seamline.model.day import days_between
from seamline.model.evidence import Message
from seamline.model.report import ImageLine
from seamline.model.seam import full_name, repository_of

_PLACES = ("registry", "docker", "podman", "containers-storage")


def stands_on(upper: Sequence[str | None], lower: Sequence[str | None]) -> bool:
    """Whether a stack of diff_ids begins with another one and goes on."""
    return (
        bool(lower)
        and None not in lower
        and len(upper) > len(lower)
        and tuple(upper[: len(lower)]) == tuple(lower)
    )


def relation(
    a: Head, b: Head, bases: tuple[Sequence[str], Sequence[str]], known_as: tuple[str, str] = ("", "")
) -> Iterator[Message]:
    """What the layers say: the same image, one on the other, on one base, or nothing in common; then which of two releases
    is the later one. `bases` are those that A and B stand on, bottom up; `known_as` are the names of those that are known
    bases themselves."""
    below_a, below_b = diff_ids(a.image), diff_ids(b.image)
    names = {"a": a.image.reference, "b": b.image.reference}
    if below_a and below_a == below_b and None not in below_a:
        yield Message("same-layers", names)
    elif stands_on(below_b, below_a):
        yield Message("b-stands-on-a", names)
    elif stands_on(below_a, below_b):
        yield Message("a-stands-on-b", names)
    else:
        yield from _apart(a.kind, bases, names)
        yield from _in_time(a, b, known_as)


def _apart(kind: str, bases: tuple[Sequence[str], Sequence[str]], names: dict[str, str]) -> Iterator[Message]:
    """`kind` is that of A."""
    shared = [name for name in bases[0] if name in bases[1]]
    if shared:
        yield Message("on-one-base", {**names, "base": shared[-1]})
    elif bases[1] and kind == "system":
        yield Message("b-on-another-base", {**names, "base": bases[1][-1]})
    else:
        yield Message("nothing-shared", names)


def _in_time(a: Head, b: Head, known_as: tuple[str, str]) -> Iterator[Message]:
    """Two images of one repository, or two that run the same distribution's releases, are an old and a new one."""
    days = days_between(a.image.config.created, b.image.config.created)
    if a.kind != b.kind or not days:
        return
    if _repositories(a.image, known_as[0]) & _repositories(b.image, known_as[1]):
        yield Message("b-is-later" if days > 0 else "a-is-later", {"days": abs(days)})


def _repositories(image: ImageLine, known_as: str) -> set[str]:
    own = [image.reference.rpartition("//")[2]] if image.place in _PLACES else []
    names = [name for name in (*own, *image.names, known_as) if ":" in name or "/" in name]
    return {repository_of(full_name(name)) for name in names}


def diff_ids(image: ImageLine) -> tuple[str | None, ...]:
    """The layers, bottom up."""
    return tuple(layer.diff_id for layer in image.layers)
