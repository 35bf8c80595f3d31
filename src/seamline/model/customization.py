"""Customization: what an image changed over its base, which knobs work, what is left over."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from seamline.model.evidence import Message
from seamline.model.package import Side


class KnobVerdict(StrEnum):
    """Whether setting a variable changes anything in this image."""

    WORKS = "works"
    NO_EFFECT = "no effect"
    UNKNOWN = "unknown"


class Knob(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One run-time setting that was tested: `TZ=Asia/Shanghai`. `why` says what was found, `add` what would make it work."""

    name: str
    verdict: KnobVerdict
    why: Message
    value: str = ""
    add: Message | None = None
    side: Side = Side.UNKNOWN


class Changes(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How much one kind of thing (file, package, setting) differs from the base; `examples` are some names of each."""

    kind: str
    added: int = 0
    replaced: int = 0
    removed: int = 0
    altered_configuration: int = 0
    added_bytes: int = 0
    examples: tuple[str, ...] = ()


class Waste(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Bytes that nothing needs at run time. `kind` is compilers, headers, caches, package lists, documentation, locales,
    version control, tests, duplicates or hidden (in a lower layer, replaced or deleted above)."""

    kind: str
    side: Side
    files: int
    size_bytes: int
    examples: tuple[str, ...] = ()


class Weighed(msgspec.Struct, frozen=True, kw_only=True):
    """How many bytes one package's files take in one part; `package` is empty for files that no package brought."""

    stratum: str
    side: Side
    package: str
    size_bytes: int


class Fork(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A base of one's own that was made from another one. `missed` are the later images of the upstream's line, oldest
    first, `missed_days` how much later the newest was made. `packages`, `files` and `settings` are what diverges, by kind (added,
    replaced, removed) and with some names; `carry` is what an update to the newest must bring along, each with its
    kind: `package`, `removed-package`, `file`, `folder` (with the number of its files), `changed-file`, `removed-file`, `setting`;
    without the packages that the newest has itself (all of them where nobody has studied it), and without what an installation
    makes again."""

    upstream: str
    digest: str = ""
    created: str = ""
    missed: tuple[str, ...] = ()
    missed_days: int = 0
    newest: str = ""
    packages: Changes | None = None
    files: Changes | None = None
    settings: Changes | None = None
    carry: tuple[str, ...] = ()
    carry_more: int = 0


class Customization(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One image's customization. `base` is what it was measured against, empty without one; `needed_bytes` is what the
    closure of its start command takes of `total_bytes`, None where that cannot be told."""

    base: str
    changes: tuple[Changes, ...] = ()
    knobs: tuple[Knob, ...] = ()
    waste: tuple[Waste, ...] = ()
    total_bytes: int = 0
    needed_bytes: int | None = None
    templates: tuple[str, ...] = ()
    weights: tuple[Weighed, ...] = ()
    fork: Fork | None = None
    notes: tuple[Message, ...] = ()
