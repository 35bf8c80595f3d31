"""Whether an image can run with least privilege: as no root, on a read-only root, without capabilities; and what stops it."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from seamline.model.evidence import Message


class Ready(StrEnum):
    """`as is` needs nothing but the option itself, `with settings` also what the run line mounts and sets, `no` another image."""

    AS_IS = "as is"
    WITH_SETTINGS = "with settings"
    NO = "no"
    UNKNOWN = "unknown"


class Want(StrEnum):
    """One of the three things that least privilege asks for."""

    NON_ROOT = "non-root"
    READ_ONLY = "read-only"
    NO_CAPABILITIES = "no-capabilities"


class WrittenPath(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One path that the image writes when it runs. `kind` is state, cache, log, pid, configuration or temporary; `by` says how that
    is known: VOLUME, the server whose usual configuration writes there, or the start script with its line. `uid` owns it, None
    where it is not there yet. What is of kind state must outlive the container."""

    path: str
    kind: str
    by: str
    uid: int | None = None
    gid: int | None = None
    mode: int = 0


class Hindrance(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What stands in the way of one want; `mend` is what takes it away."""

    want: Want
    message: Message
    mend: Message | None = None


class SecurityContext(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """A Kubernetes container's securityContext. Source: Kubernetes v1 SecurityContext; Pod Security Standards, restricted."""

    run_as_non_root: bool = False
    run_as_user: int | None = None
    run_as_group: int | None = None
    read_only_root_filesystem: bool = False
    allow_privilege_escalation: bool = True
    capabilities: dict[str, tuple[str, ...]] = {}
    seccomp_profile: dict[str, str] = {}


class Readiness(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The three verdicts with what stops them. `server` is the known program that the start runs, empty for an unknown one;
    `uid` and `gid` are those that it could run as. `run_line` starts it so, `security_context` and `mounts`
    (path: emptyDir or a claim) say the same to Kubernetes; `sysctls` belong into the pod's own securityContext."""

    non_root: Ready
    read_only: Ready
    no_capabilities: Ready
    server: str = ""
    uid: int | None = None
    gid: int | None = None
    writes: tuple[WrittenPath, ...] = ()
    ports: tuple[int, ...] = ()
    capabilities: tuple[str, ...] = ()
    hindrances: tuple[Hindrance, ...] = ()
    run_line: str = ""
    security_context: SecurityContext = SecurityContext()
    mounts: tuple[str, ...] = ()
    sysctls: tuple[str, ...] = ()
