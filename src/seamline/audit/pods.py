"""Rules about pods that CIS's Docker benchmark has no number for: what the Pod Security Standards and NSA/CISA ask besides.

Sources: Kubernetes Pod Security Standards, profiles baseline and restricted; NSA/CISA Kubernetes Hardening Guidance 1.2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from seamline.audit.case import Case
from seamline.audit.rule import Decide, Judged, Rule, told
from seamline.model.audit import Verdict
from seamline.model.evidence import Message
from seamline.model.workload import Workload

_PSS = "PSS restricted"
_NSA = "NSA/CISA"
_NIST = "NIST 800-190 4.4.3"
_MAY_ADD = frozenset(("NET_BIND_SERVICE",))
_MAY_MOUNT = frozenset(
    (
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    )
)
_SAFE_SYSCTLS = frozenset(
    (
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
        "net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat",
    )
)  # fmt: skip
_BAD_OF_A_POD = (("runAsNonRoot", "false"), ("runAsUser", "0"))
_SELINUX_TYPES = ("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")
_Find = Callable[[Workload], str]
"""What of a container breaks a rule, in its own words; empty where it keeps it."""


_OF_LINUX = frozenset(("mend-pod-24", "mend-pod-29", "mend-pod-30"))
"""Capabilities, sysctls and SELinux: a pod of Windows has none. Source: Pod Security Standards, "What about Windows"."""


def _decide(find: _Find, mend: str) -> Decide:
    def decide(case: Case) -> Iterator[Judged]:
        if not case.workloads:
            yield Judged(verdict=Verdict.UNDECIDABLE, needs=Message("needs-deployment", {}))
        for workload in case.workloads:
            if workload.form != "kubernetes":
                yield Judged(verdict=Verdict.NOT_APPLICABLE, evidence=told("only-on-kubernetes"))
                continue
            if workload.is_windows and mend in _OF_LINUX:
                yield Judged(verdict=Verdict.NOT_APPLICABLE, evidence=told("not-on-windows"))
                continue
            found = find(workload)
            evidence = told("deployed-so", where=workload.where, setting=found or "-")
            if found:
                yield Judged(
                    verdict=Verdict.FAIL, evidence=evidence, is_deployed=True, mend=Message(mend, {})
                )
            else:
                yield Judged(verdict=Verdict.PASS, is_deployed=True)

    return decide


def _capabilities(workload: Workload) -> str:
    """The names as the admission compares them: `all` and `CAP_CHOWN` are other words there."""
    added = set(workload.cap_add) - _MAY_ADD
    parts = [] if "ALL" in workload.cap_drop else ["drop: [ALL] not set"]
    if added:
        parts.append(f"add: [{', '.join(sorted(added))}]")
    return "; ".join(parts)


def _non_root(workload: Workload) -> str:
    """The pod's own word breaks it too, whatever its containers say; in a user namespace root is nobody on the node.
    Source: Pod Security Standards 1.35, "Running as Non-root"."""
    if workload.users == "private":
        return ""
    parts = [] if workload.non_root else [f"runAsNonRoot: {str(bool(workload.non_root)).lower()}"]
    if workload.user == "0":
        parts.append("runAsUser: 0")
    said = (f"the pod: {name}: {bad}" for name, bad in _BAD_OF_A_POD if workload.pod_says.get(name) == bad)
    return "; ".join((*parts, *said))


def _token(workload: Workload) -> str:
    if workload.mounts_token is False:
        return ""
    return f"automountServiceAccountToken: {'true' if workload.mounts_token else 'not set'}"


def _volumes(workload: Workload) -> str:
    return ", ".join(dict.fromkeys(kind for kind in workload.volume_kinds if kind not in _MAY_MOUNT))


def _host_ports(workload: Workload) -> str:
    ports = ", ".join(str(port.host) for port in workload.ports if port.host)
    return f"hostPort: {ports}" if ports else ""


def _kernel(workload: Workload) -> str:
    parts = [f"sysctl {name}" for name in workload.sysctls if name not in _SAFE_SYSCTLS]
    if workload.proc_mount not in ("", "Default") and workload.users != "private":
        parts.append(f"procMount: {workload.proc_mount}")
    return ", ".join(parts)


def _hosts(workload: Workload) -> str:
    """A probe is sent by the node, which reaches more than the pod does. Source: Pod Security Standards 1.34, "Host Probes /
    Lifecycle Hooks"."""
    return ", ".join(workload.probed_hosts)


def _labels(workload: Workload) -> str:
    both = (workload.selinux, workload.pod_says.get("seLinuxOptions", ""))
    return ", ".join(dict.fromkeys(bad for labels in both for bad in _of_labels(labels)))


def _of_labels(text: str) -> Iterator[str]:
    labels = dict(part.partition(":")[::2] for part in text.split(",") if ":" in part)
    yield from (f"seLinuxOptions.{key}: {labels[key]}" for key in ("user", "role") if labels.get(key))
    if labels.get("type", "") not in _SELINUX_TYPES:
        yield f"seLinuxOptions.type: {labels['type']}"


def _rule(number: int, title: str, severity: str, find: _Find, *tags: str) -> Rule:
    return Rule(
        id=f"SL-{number:04}",
        title=title,
        severity=severity,
        decide=_decide(find, f"mend-pod-{number}"),
        tags=(_NIST, *tags),
    )


RULES = (
    _rule(24, "A pod adds no capability but NET_BIND_SERVICE", "medium", _capabilities, f"{_PSS} capabilities"),
    _rule(25, "A pod refuses to start as root", "medium", _non_root, f"{_PSS} runAsNonRoot", f"{_NSA} non-root"),
    _rule(26, "A pod gets no token of a service account", "medium", _token, f"{_NSA} service account token"),
    _rule(27, "A pod mounts only kinds of volumes that hold nothing of the node", "medium", _volumes, f"{_PSS} volumes"),
    _rule(28, "A pod takes no port of the node", "low", _host_ports, f"{_PSS} host ports"),
    _rule(29, "A pod leaves the kernel's settings alone", "medium", _kernel, f"{_PSS} sysctls", f"{_PSS} procMount"),
    _rule(30, "A pod keeps its SELinux confinement", "medium", _labels, f"{_PSS} SELinux", f"{_NSA} SELinux"),
    _rule(31, "Probes and hooks of a pod name no host", "medium", _hosts, f"{_PSS} probe hosts"),
)  # fmt: skip
