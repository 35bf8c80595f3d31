"""What a search for attack surface stands on besides the tree: who set which variable, and what files said layer by layer."""

from __future__ import annotations

from collections.abc import Iterator

from seamline.catalog.texts import READER as TEXTS
from seamline.model.package import Side
from seamline.model.seam import LayerSpan, Stratum
from seamline.surface.accounts import Earlier
from seamline.surface.environment import Variable
from seamline.surface.privileges import PathSetter
from seamline.surface.programs import USUAL_PATH, folders_of
from seamline.surface.start import path_of
from seamline.verbs.inspect import Seen

_ACCOUNTS = (b"etc/passwd", b"etc/shadow", b"etc/sudoers", b"etc/doas.conf")
_NOBODYS = Stratum(name="", extent=LayerSpan(0, 0), side=Side.UNKNOWN)


def earlier_texts(seen: Seen) -> Earlier:
    """What account files and rules of sudo said in each layer that wrote them, bottom first."""
    found: dict[bytes, list[tuple[int, bytes]]] = {}
    for position, record in seen.looked.records(TEXTS):
        if record.path in _ACCOUNTS or record.path.startswith(b"etc/sudoers.d/"):
            found.setdefault(record.path, []).append((position, record.value or b""))
    return found


def variables_of(seen: Seen) -> Iterator[Variable]:
    """The variables of the image's environment, each with the part that set it."""
    strata = {each.name: each for each in seen.seam.strata}
    for each in seen.seam.settings:
        if each.kind == "env":
            yield Variable(each.key, each.value, strata.get(each.stratum, _NOBODYS))


def path_setter(seen: Seen) -> PathSetter:
    """Who set PATH, and the folders of those that stood below, or of a runtime's own. Where nobody can tell who set it, what it adds
    is nobody's either: not of who made the folder."""
    setter = next((each.by for each in variables_of(seen) if each.name == "PATH"), None)
    if setter is None:
        return PathSetter()
    bases = [each.base.config for each in seen.seam.strata if each.base is not None and each != setter]
    below = {folder for base in bases for folder in folders_of(path_of(base))}
    return PathSetter(setter, frozenset(below or folders_of(USUAL_PATH)))
