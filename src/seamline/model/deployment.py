"""What a deployment says besides: every workload that it has, and which of them run the image."""

from __future__ import annotations

import msgspec

from seamline.model.evidence import Message


class WorkloadLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One container of a deployment. `where` is its place, `image` as written there. `is_judged` where it was taken for one
    that runs the image; `why` says why it was or was not, where that is no matter of course. `role` is init, job or
    ephemeral for one that comes to an end by itself, `profiles` what must be switched on for it to start."""

    where: str
    name: str
    image: str
    form: str
    is_judged: bool
    why: Message | None = None
    role: str = ""
    profiles: tuple[str, ...] = ()


class Deployment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was given with `--deploy`, `files` that were read for it in their order, those of them that were `taken` because
    Compose takes them by itself, and all `workloads`."""

    given: tuple[str, ...]
    workloads: tuple[WorkloadLine, ...]
    files: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
