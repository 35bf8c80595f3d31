"""One image's customization: what it changed over its base, which knobs work, what is left over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from seamline.catalog.locales import READER as LOCALES
from seamline.catalog.reads import READER as READS
from seamline.catalog.scripts import READER as SCRIPTS
from seamline.customization.bulk import Bulk, bulk_of
from seamline.customization.describe import Parts, Sight, customization, tested_knobs
from seamline.model.customization import Changes, Customization, Knob
from seamline.model.package import Side
from seamline.seam.weigh import strata_by_row
from seamline.stores.ledger import Bases
from seamline.verbs.altered import Altered, altered_files
from seamline.verbs.binaries import needed_bytes
from seamline.verbs.forked import forked
from seamline.verbs.gists import Gist
from seamline.verbs.inspect import Seen
from seamline.verbs.look import Looked
from seamline.verbs.starts import started_paths


def customized(seen: Seen, known: Bases, as_of: str, altered: Altered | None = None) -> Customization:
    """The customization of one image, seen by the readers of an audit too; measured against the topmost base of its
    system side. `altered` are its altered package files where they were looked for already."""
    found = customization(_sight(seen, known), _parts(seen))
    return msgspec.structs.replace(
        found,
        changes=tuple(_with_altered(found.changes, altered or altered_files(seen))),
        needed_bytes=needed_bytes(seen),
        fork=forked(seen, known, as_of),
    )


def _by_layer(looked: Looked) -> Bulk:
    origins = looked.tree.origins
    return bulk_of(looked.tree, origins, lambda entry: entry.origin_layer, looked.catalog.suppliers)


BULK: Gist[Looked, Bulk] = Gist(name="bulk", record=Bulk, make=_by_layer)
"""What the files of an image come to, layer by layer."""


def _parts(seen: Seen) -> Parts:
    """Layers are of one part each, unless the content of another was found in them."""
    seam, looked = seen.seam, seen.looked
    if not seam.by_content:
        return Parts(strata=seam.strata, bulk=looked.gist(BULK), part_of=seam.by_layer)
    rows = strata_by_row(seam, looked.tree)
    bulk = bulk_of(looked.tree, rows, seam.index_of, looked.catalog.suppliers)
    return Parts(strata=seam.strata, bulk=bulk, part_of=range(len(seam.strata)))


def knobs_of(seen: Seen, known: Bases) -> tuple[Knob, ...]:
    """The knobs of one image, seen by the readers of an audit too, as they were tested."""
    return tested_knobs(_sight(seen, known))


def _sight(seen: Seen, known: Bases) -> Sight:
    looked, seam = seen.looked, seen.seam
    bases = [part.base for part in seam.strata if part.base is not None and part.side == Side.SYSTEM]
    base = bases[-1] if bases else None
    config = looked.image.config
    return Sight(
        tree=looked.tree,
        side_of=seam.side_of,
        installs=looked.catalog.installs,
        side_of_install=lambda install: seam.stratum_of_install(install).side,
        settings=seam.settings,
        base=base,
        inventory=(base.inventory or known.inventory(base)) if base is not None else None,
        config=config,
        scripts={path: script.text for path, script in looked.visible(SCRIPTS).items() if script.text},
        reads=looked.visible(READS),
        locales=tuple(name for names in looked.visible(LOCALES).values() for name in names),
        start=started_paths(looked),
    )


def _with_altered(changes: Iterable[Changes], found: Altered) -> Iterator[Changes]:
    """The changes, with the number of the packages' configuration files that were altered above the system side."""
    altered = [each for each in found.lines if each.is_configuration and each.side != Side.SYSTEM]
    for each in changes:
        if each.kind == "file":
            yield msgspec.structs.replace(each, altered_configuration=len(altered))
        else:
            yield each
