"""A base of one's own, made from another one: what it is a fork of, what it missed since, what it must carry on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from seamline.model.customization import Changes, Fork
from seamline.model.day import days_between
from seamline.model.package import Install
from seamline.model.seam import Base, Inventory, Setting, package_label

_MOST = 60


class Diverged(msgspec.Struct, frozen=True, kw_only=True):
    """What stands above the upstream: installs, settings, the labels of packages that are gone, and what is to be said of its
    files, each with its kind: `file /etc/own`, `folder /opt/own/ (12)`, `changed-file /etc/issue`, `removed-file /etc/motd`."""

    changes: tuple[Changes, ...]
    installs: tuple[Install, ...]
    settings: tuple[Setting, ...]
    gone: tuple[str, ...]
    files: tuple[str, ...]


def fork_of(upstream: Base, later: Sequence[Base], newest: Inventory | None, own: Diverged) -> Fork:
    """The record. `later` are the later images of the upstream's line, oldest first; `newest` is what the last of them holds."""
    by_kind = {each.kind: each for each in own.changes}
    carry = [
        *_packages(own.installs, newest),
        *_gone(own.gone, newest),
        *own.files,
        *_settings(own.settings),
    ]
    last = later[-1] if later else None
    return Fork(
        upstream=upstream.reference,
        digest=upstream.index_digest or upstream.digest or "",
        created=upstream.created[:10],
        missed=tuple(each.reference for each in later),
        missed_days=(days_between(upstream.created, last.created) or 0) if last is not None else 0,
        newest=last.reference if last is not None else "",
        packages=by_kind.get("package"),
        files=by_kind.get("file"),
        settings=by_kind.get("setting"),
        carry=tuple(carry[:_MOST]),
        carry_more=max(len(carry) - _MOST, 0),
    )


def _packages(installs: Iterable[Install], newest: Inventory | None) -> Iterator[str]:
    has = {label.partition("=")[0] for label in newest.packages} if newest is not None else set()
    labels = dict.fromkeys(package_label(each).partition("=")[0] for each in installs)
    yield from (f"package {label.partition('/')[2]}" for label in sorted(labels) if label not in has)


def _gone(labels: Iterable[str], newest: Inventory | None) -> Iterator[str]:
    """The packages to take out again: those that the newest upstream still has."""
    has = {label.partition("=")[0] for label in newest.packages} if newest is not None else None
    yield from (
        f"removed-package {label.partition('/')[2]}" for label in labels if has is None or label in has
    )


def _settings(settings: Iterable[Setting]) -> Iterator[str]:
    yield from (f"setting {each.kind} {each.key}".rstrip() for each in settings)
