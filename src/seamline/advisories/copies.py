"""Copying a runtime again out of the newest known image of the line that it was copied from (`COPY --from`).

What the newer image holds below the same folder takes the place of what the layer brought; what later steps put over it
they put over it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from seamline.advisories.commands import copy_command
from seamline.advisories.floors import Copied, Yard, action_key, is_package_flaw, pinned
from seamline.advisories.keys import lasting_name
from seamline.advisories.series import Change, Series
from seamline.model.evidence import Message
from seamline.model.finding import Action, Finding
from seamline.model.package import Install
from seamline.model.purl import install_key
from seamline.model.seam import Base


def copies(findings: Sequence[Finding], series: Series, yard: Yard) -> Iterator[Action]:
    """An action for each copied layer of one's own that a newer image of its source mends something of."""
    for layer, source in sorted(yard.copied_from.items()):
        members = [each for each in findings if _is_copied(each, layer, source, yard)]
        held = _held(layer, source, yard) if members else None
        if held is not None:
            gone = [each for each in yard.installs.values() if _goes(each, layer, source)]
            beside = [each for each in yard.names.namesakes([*held, *gone]) if not _goes(each, layer, source)]
            before = series.of(install_key(each) for each in (*gone, *beside))
            yield from _copy(members, source, series.beside(before, yard.judge([*held, *beside])))


def copied_again(actions: Iterable[Action], yard: Yard) -> frozenset[str]:
    """The keys of what building the same file again mends, as it copies out of what the name stands for by then: of a COPY as
    of a FROM nothing in an image says that its name was pinned."""
    same = {
        _key(source.folder, source.onto)
        for source in yard.copied_from.values()
        if source.onto is not None and source.onto.reference == source.name
    }
    return frozenset(key for action in actions if action.key in same for key in action.mends)


def _key(folder: str, onto: Base) -> str:
    return action_key("copy-newer", folder, onto.digest or onto.reference)


def _is_copied(finding: Finding, layer: int, source: Copied, yard: Yard) -> bool:
    if finding.suppressed or not is_package_flaw(finding):
        return False
    top, install = yard.floors[-1], yard.installs[finding.install]
    is_own = top.is_ours and yard.place_of(install).position > top.cut
    return is_own and install.current_layer == layer and _is_below(source, install)


def _is_below(source: Copied, install: Install) -> bool:
    """Whether a language's package or a program lies in the folder that was copied."""
    folder = source.folder.encode("utf-8", "backslashreplace") + b"/"
    return not install.package.is_distributed and any(proof.startswith(folder) for proof in install.proofs)


def _held(layer: int, source: Copied, yard: Yard) -> list[Install] | None:
    """What the copy would hold; None where nobody knows. A whole root is no runtime in an image but the image itself."""
    inventory = yard.inventory_of(source.onto) if source.onto is not None else None
    if inventory is None or not source.folder:
        return None
    over = {lasting_name(each) for each in yard.installs.values() if (each.current_layer or 0) > layer}
    return [
        msgspec.structs.replace(each, owned_by="")  # no package database comes along
        for each in inventory.each_install()
        if _is_below(source, each) and lasting_name(each) not in over
    ]


def _goes(install: Install, layer: int, source: Copied) -> bool:
    """Whether the copy takes the place of an install."""
    return install.current_layer == layer and _is_below(source, install)


def _copy(members: Sequence[Finding], source: Copied, change: Change) -> Iterator[Action]:
    onto = source.onto
    assert onto is not None  # noqa: S101 - what it holds is known
    mended = [each for each in members if each.key in change.mends]
    if mended:
        yield Action(
            key=_key(source.folder, onto),
            what="copy-newer",
            message=Message(
                "copy-from-newer",
                {"folder": source.folder, "base": onto.reference, "created": onto.created[:10]},
            ),
            command=copy_command(pinned(onto), source.folder),
            owner=members[0].owner,
            side=members[0].side,
            mends=tuple(each.key for each in mended),
            adds=tuple(sorted(set(change.brings.values()))),
            brings=tuple(sorted(change.brings)),
            gone=tuple(sorted(change.gone)),
            leaves=len(members) - len(mended),
        )
