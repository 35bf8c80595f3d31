"""What of a compose service is run besides its start: containers before it, commands in it. Source: Compose specification,
services, pre_start, post_start, pre_stop; compose-go's loader for what a container before the start inherits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from seamline.errors import Malformed
from seamline.formats.compose.merge import CONTAINERS, merged
from seamline.formats.run_options import split_words
from seamline.formats.untyped import flag, items, mapping, text, texts
from seamline.model.workload import Check

BEFORE = "pre_start"
INSIDE = ("post_start", "pre_stop")
_KEYS = (
    "annotations blkio_config cap_add cap_drop cgroup cgroup_parent command configs cpu_count cpu_percent cpu_period "
    "cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset credential_spec device_cgroup_rules devices dns dns_opt "
    "dns_search domainname entrypoint env_file environment extra_hosts gpus group_add hostname image init ipc isolation "
    "label_file labels log_driver log_opt logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit models "
    "network_mode networks oom_kill_disable oom_score_adj pid pids_limit platform privileged pull_policy pull_refresh_after "
    "read_only runtime secrets security_opt shm_size stop_grace_period stop_signal storage_opt sysctls tmpfs ulimits umask "
    "use_api_socket user userns_mode uts volume_driver volumes_from working_dir"
)
_OF_A_CONTAINER = frozenset(_KEYS.split())
"""What a container before the start takes from its service; the mounts come at run time, so they are not laid over one another."""


def with_inherited(document: dict[str, Any], source: str) -> dict[str, Any]:
    """The document, each container before a start with what it has from its service.

    Raises:
        Malformed: a mapping over a list, or the reverse.
    """
    for kind in CONTAINERS:
        found = mapping(document.get(kind))
        if any(mapping(each).get(BEFORE) for each in found.values()):
            whole = {name: _inherited(each, f"{source} {kind}.{name}") for name, each in found.items()}
            document = {**document, kind: whole}
    return document


def _inherited(service: Any, where: str) -> Any:
    own = mapping(service)
    if not own.get(BEFORE):
        return service
    base = {key: value for key, value in own.items() if key in _OF_A_CONTAINER}
    hooks = [merged(base, each, ("services", "hook"), f"{where}.{BEFORE}") for each in items(own[BEFORE])]
    return {**own, BEFORE: hooks}


def before(service: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The containers that end before the service starts, each by its place in it, with the service's mounts."""
    for at, each in enumerate(items(service.get(BEFORE))):
        own = mapping(each)
        mounts = [*items(service.get("volumes")), *items(own.get("volumes"))]
        built = {} if own.get("image") else {"build": service.get("build")}
        yield f"{BEFORE}[{at}]", {**own, "volumes": mounts, **built}


def inside(service: Mapping[str, Any], where: str) -> Iterator[Check]:
    """The commands that are run in the container behind its start and before its end.

    Raises:
        Malformed: one has no command, or one with a quotation that stays open.
    """
    for kind in INSIDE:
        for at, each in enumerate(items(service.get(kind))):
            own, place = mapping(each), f"{where}.{kind}[{at}]"
            command = own.get("command")
            words = split_words(command, place) if isinstance(command, str) else texts(command)
            if not words:
                raise Malformed(place, expected="a command", got="none", hint="mend the file")
            yield Check(
                name=f"{kind}[{at}]",
                words=words,
                user=text(own.get("user")),
                privileged=bool(flag(own.get("privileged"))),
                working_folder=text(own.get("working_dir")),
                environment=tuple(environment_of(own.get("environment"))),
            )


def environment_of(value: Any) -> Iterator[str]:
    """`NAME=value` of each variable, `NAME` of one that has its value from outside; written as a mapping or as a list."""
    if isinstance(value, dict):
        yield from (name if each is None else f"{name}={text(each)}" for name, each in mapping(value).items())
    else:
        yield from texts(value)
