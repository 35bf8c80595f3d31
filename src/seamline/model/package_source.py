"""What a package manager goes by: where it fetches packages from, and what keeps packages as they are."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from seamline.model.evidence import Evidence, Message

ARCHIVED = "archived"
"""What `PackageSource.frozen` says of an archive of ended releases, which nobody dates."""


class PackageSource(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One place that the image would fetch packages from. `unsigned` waives signatures, `plain` is not encrypted, `expired`
    gets nothing new; `security` says whether security updates come by it. `waived_by` is the file that waives the signatures
    where that is another than its own. `line` is the line that sets it, from 1. `frozen` is the day of a snapshot (`2026-01-31`)
    or "archived": nothing that is newer comes from there. A `disabled` one is set and not asked."""

    manager: str
    address: str
    path: str
    suite: str = ""
    unsigned: bool = False
    plain: bool = False
    expired: bool = False
    security: bool = False
    waived_by: str = ""
    components: tuple[str, ...] = ()
    line: int = 0
    frozen: str = ""
    disabled: bool = False


class Keep(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A setting that keeps packages from moving. `kind` is version (apt prefers versions like `what`), release (apt prefers or
    refuses sources like `what`), constraint (apk's world asks for versions like `what`) or tag (apk's world takes them from the
    repository tagged so). `packages` are patterns of names as they are written; `priority` is apt's."""

    kind: str
    packages: tuple[str, ...]
    what: str
    path: str
    line: int
    priority: int = 0


class Force(msgspec.Struct, frozen=True, kw_only=True):
    """What a package manager went by when it made a layer: the sources and settings of the image then. `is_sure` where no
    step of that layer could have gone by others, `is_first` where no layer below sets any: who makes a root filesystem may set others
    in the end than it was made with; `step` is its text, `held` are the packages that were on hold already, with
    the line of dpkg's status that says so, `partners` the packages that can only move together with one, and `layers` tells which layer each file is from."""

    sources: tuple[PackageSource, ...] = ()
    keeps: tuple[Keep, ...] = ()
    held: Mapping[str, int] = {}
    is_sure: bool = False
    is_first: bool = False
    partners: Mapping[str, tuple[str, ...]] = {}
    step: str = ""
    layers: Mapping[str, int] = {}


class Change(msgspec.Struct, frozen=True):
    """One thing to set right in an image's package sources: its kind (enable, move, add, branch, release, unhold, unpin, version) and
    what it acts on, with a command where there is one."""

    kind: str
    what: str
    message: Message
    command: str = ""


class Refusal(msgspec.Struct, frozen=True):
    """Why a fix does not come: the reason with file and line, and what is to be changed."""

    evidence: Evidence
    changes: tuple[Change, ...]
