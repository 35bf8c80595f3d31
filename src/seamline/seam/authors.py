"""Who wrote each line of an image's build history, and why that is believed.

The base's own history comes first and is known where the base is; what stands beyond it is of those who built on it. Else a
line is of the part whose layer it made, and between two parts the tool's FROM or the base's own CMD tells where one build
ended. buildah without kept layers, and every squashing tool, writes many lines for one layer: only these tell them apart.
"""

from __future__ import annotations

from collections.abc import Sequence

from seamline.model.evidence import Message
from seamline.model.image import Config, History, Image
from seamline.model.package import Side
from seamline.model.seam import Author, Base, ContentSpan, ImageKind, LayerSpan, Stratum
from seamline.seam.history import Step
from seamline.seam.kept import is_same

_UNKNOWN = Author(why=Message("author-nobody-says"))


def authors_of(
    image: Image,
    strata: Sequence[Stratum],
    by_layer: Sequence[int],
    steps: Sequence[Step],
    kind: ImageKind,
) -> tuple[Author, ...]:
    """The author of each line of the history, in its order."""
    history = image.config.history
    told = [_told(index, strata, by_layer, steps) for index in range(len(history))]
    begin = 0
    for at, stratum in enumerate(strata):
        base = _base_told(stratum, history, begin)
        if base is None:
            continue
        end = len(base.config.history)
        why = Message("author-base", {"base": base.reference, "lines": end})
        told[begin:end] = [_of(stratum, why)] * (end - begin)
        begin = end
        if at + 1 == len(strata) - 1:
            beyond = Message("author-beyond", {"base": base.reference, "lines": end})
            told[end:] = [_of(strata[-1], beyond)] * (len(history) - end)
    if begin == 0:
        told = _of_one_build(told, history, strata, steps, kind)
    return tuple(told)


def _of(stratum: Stratum, why: Message) -> Author:
    return Author(stratum=stratum.name, side=stratum.side, why=why)


def _base_told(stratum: Stratum, history: Sequence[History], begin: int) -> Base | None:
    """The base of a stratum whose own history this one begins with, the one that tells most among several."""
    bases = (stratum.base,) if stratum.base is not None else stratum.candidates
    fitting = [
        base
        for base in bases
        if len(base.config.history) > begin
        and len(history) >= len(base.config.history)
        and all(
            is_same(kept.created_by, line.created_by)
            for kept, line in zip(base.config.history, history, strict=False)
        )
    ]
    return max(fitting, key=lambda base: len(base.config.history), default=None)


def _of_one_build(
    told: list[Author],
    history: Sequence[History],
    strata: Sequence[Stratum],
    steps: Sequence[Step],
    kind: ImageKind,
) -> list[Author]:
    """What a history says that tells of no base: a squashed build leaves the lines of its base out."""
    top = strata[-1] if strata else None
    if top is None or not history:
        return told
    below = strata[-2] if len(strata) > 1 else None
    known = below is not None and below.base is not None and below.base.config.history
    if (
        below is not None
        and known
        and isinstance(top.extent, ContentSpan)
        and not _shares(history, below.base)
    ):
        return [_of(top, Message("author-without-base", {"base": below.name}))] * len(history)
    name = steps[-1].built_on if steps and all(step.layers_below == 0 for step in steps) else ""
    if name and len(strata) == 1 and top.side != Side.SYSTEM:
        side = Side.APPLICATION if kind == ImageKind.APPLICATION else top.side
        why = Message(
            "author-squashed" if side == Side.APPLICATION else "author-squashed-unknown", {"base": name}
        )
        return [Author(stratum=top.name if side == top.side else "", side=side, why=why)] * len(history)
    return told


def _shares(history: Sequence[History], base: Base | None) -> bool:
    lines = {line.created_by for line in (base.config if base else Config()).history}
    return any(line.created_by in lines for line in history if line.created_by)


def _told(index: int, strata: Sequence[Stratum], by_layer: Sequence[int], steps: Sequence[Step]) -> Author:
    """The author of a line by the layers alone."""
    if not steps:
        return Author(why=Message("author-misfit"))
    if any(not isinstance(stratum.extent, LayerSpan) for stratum in strata) or not by_layer:
        return Author(why=Message("author-mixed"))
    step = steps[index]
    at = step.position if step.position is not None else _between(step, by_layer, steps)
    if at is None:
        return _UNKNOWN
    stratum = strata[by_layer[at]]
    if len(strata) == 1 and stratum.side == Side.UNKNOWN:
        return _of(stratum, Message("author-whole"))
    return _of(stratum, Message("author-layer", {"layer": at}))


def _between(step: Step, by_layer: Sequence[int], steps: Sequence[Step]) -> int | None:
    """The layer whose part a line without one belongs to.

    Between two layers of one part it is that part's. Between the last of one and the first of the next it is the upper one's
    from the tool's FROM on, else the lower one's up to its CMD, where its build ended; without either nobody can tell.
    """
    above = step.layers_below
    below = above - 1
    if above == 0:
        return 0
    if above == len(by_layer):
        return below if _ends_of_top(step, steps) else None
    if by_layer[below] == by_layer[above]:
        return below
    beside = [each for each in steps if each.layers_below == above]
    begin = _began(beside, steps)
    if begin is not None:
        return above if step.index >= begin else below
    ends = [each.index for each in beside if each.verb == "CMD" and each.position is None]
    if not ends:
        return None
    return below if step.index <= ends[0] else above


def _began(beside: Sequence[Step], steps: Sequence[Step]) -> int | None:
    """The line with which buildah began on its base, among those after one layer up to the next.

    With layers kept its first line names the image; without, the one line that made a layer does, for all the lines before
    it that no other build wrote: those up to a CMD may be the base's.
    """
    named = next((each for each in beside if each.built_on), None)
    if named is None or named.position is None or any(each.is_kept for each in steps[named.index + 1 :]):
        return None if named is None else named.index
    ends = [
        each.index
        for each in beside
        if each.index < named.index and (each.verb == "CMD" or each.tool == "buildkit")
    ]
    return ends[-1] + 1 if ends else beside[0].index


def _ends_of_top(step: Step, steps: Sequence[Step]) -> bool:
    """Whether a line after the last layer belongs to that layer's own build: no second CMD comes after it."""
    starts = [each.index for each in steps if each.layers_below == step.layers_below and each.verb == "CMD"]
    return len(starts) <= 1 or step.index > starts[-2]
