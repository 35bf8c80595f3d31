"""Section 5 of the CIS Docker Benchmark, mapped: how a container is run, from its manifest, compose file or run line.

Numbers and titles as in version 1.6.0, all words besides our own. What only a host or an audit log can tell is
undecidable, and what Kubernetes decides elsewhere is not applicable there.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

import msgspec

from seamline.audit.case import Case
from seamline.audit.cis4 import BENCHMARK
from seamline.audit.hooks import in_hooks, is_roots
from seamline.audit.ports import addresses, low_ports, needed_ports
from seamline.audit.questions import Answer, Question, asks, host, said
from seamline.audit.rule import Decide, Judged, Rule, told
from seamline.audit.starting import broken_health
from seamline.formats.untyped import whole
from seamline.model.audit import Verdict
from seamline.model.evidence import Message
from seamline.model.workload import Mount, Workload

_NSA, _PSS, _NIST = "NSA/CISA", "PSS restricted", "NIST 800-190 4.4.3"
_SENSITIVE = frozenset(
    [
        "/",
        "/boot",
        "/dev",
        "/etc",
        "/lib",
        "/lib64",
        "/proc",
        "/sys",
        "/usr",
        "/root",
        "/run",
        "/var",
        "/var/run",
        "/var/lib/docker",
        "/var/lib/containerd",
        "/var/lib/containers",
        "/var/lib/kubelet",
        "/etc/kubernetes",
        "/etc/shadow",
        "/etc/sudoers",
        "/etc/ssh",
        "/run/containerd",
    ]
)
_SENSITIVE_BELOW = ("/proc/", "/sys/", "/boot/")
_SOCKET_FOLDERS = frozenset(("/", "/run", "/var", "/var/run", "/run/containerd", "/run/podman", "/run/crio"))
_SOCKETS = ("docker.sock", "containerd.sock", "crio.sock", "podman.sock", "cri-dockerd.sock")
_SSHD = ("sshd", "dropbear")
_DANGEROUS = frozenset(
    (
        "ALL",
        "SYS_ADMIN",
        "NET_ADMIN",
        "SYS_PTRACE",
        "SYS_MODULE",
        "DAC_READ_SEARCH",
        "SYS_RAWIO",
        "BPF",
        "SYS_BOOT",
    )
)


def _apparmor(w: Workload, _: Case) -> Answer:
    if w.privileged:
        return said(False, setting="privileged: true")
    profile = _unconfined_by_the_pod(w, "appArmorProfile") or w.apparmor
    return said(profile.lower() != "unconfined", setting=f"AppArmor {profile or 'default'}")


def _unconfined_by_the_pod(w: Workload, key: str) -> str:
    """What a pod says counts by itself, though all of its containers say something else: it is not admitted."""
    return "Unconfined" if w.pod_says.get(key) == "Unconfined" else ""


def _selinux(w: Workload, _: Case) -> Answer:
    if "disable" in w.selinux:
        return said(False, setting=f"SELinux label {w.selinux}")
    return said(True, setting=f"SELinux {w.selinux}") if w.selinux else said(None)


def _capabilities(w: Workload, _: Case) -> Answer:
    added = sorted(cap.upper().removeprefix("CAP_") for cap in w.cap_add)
    drops_all = "ALL" in {cap.upper().removeprefix("CAP_") for cap in w.cap_drop}
    risky = [cap for cap in added if cap in _DANGEROUS]
    shown = f"drop {', '.join(w.cap_drop) or '-'}; add {', '.join(added) or '-'}"
    return said(drops_all and not risky, setting=shown)


def _privileged(w: Workload, _: Case) -> Answer:
    if w.host_process or w.pod_says.get("hostProcess") == "true":
        return said(False, setting="windowsOptions.hostProcess: true")
    return said(not w.privileged, setting=f"privileged: {str(bool(w.privileged)).lower()}")


def _host_folders(w: Workload, _: Case) -> Answer:
    bad = [
        m.source
        for m in _binds(w)
        if (at := plain_path(m.source)) in _SENSITIVE or at.startswith(_SENSITIVE_BELOW)
    ]
    return said(not bad, setting=", ".join(bad) or "no such mount")


def _binds(w: Workload) -> list[Mount]:
    return [each for each in w.mounts if each.kind == "bind"]


def plain_path(path: str) -> str:
    """An absolute path of the host without `..`, doubled and closing slashes."""
    return posixpath.normpath(path).replace("//", "/")


def _sshd(case: Case) -> Iterator[Judged]:
    """5.7: decided by the image alone: an sshd that is there may be started by anything, one that is not there cannot."""
    has = [line for line in case.surface if line.name in _SSHD]
    for part in dict.fromkeys(line.stratum for line in has):
        paths = ", ".join("/" + line.path for line in has if line.stratum == part)
        mend = Message("mend-sshd", {})
        yield Judged(
            verdict=Verdict.FAIL, evidence=told("sshd-is-there", paths=paths), stratum=part, mend=mend
        )
    if has:
        return
    started = [
        each for each in case.workloads if _starts_sshd((*(each.command or ()), *(each.arguments or ())))
    ]
    mend = Message("mend-sshd", {})
    for workload in started:
        evidence = told("sshd-is-started", where=workload.where)
        yield Judged(verdict=Verdict.FAIL, evidence=evidence, is_deployed=True, mend=mend)
    if _starts_sshd(case.start.words):
        evidence = told("sshd-is-there", paths=case.start.words[0])
        yield Judged(verdict=Verdict.FAIL, evidence=evidence, stratum=case.setter("entrypoint"), mend=mend)
    elif not started:
        yield Judged(verdict=Verdict.PASS, evidence=told("sshd-is-not-there"))


def _starts_sshd(words: Sequence[str]) -> bool:
    return any(word.rpartition("/")[2] in _SSHD for word in words)


def _shares(field: str) -> Question:
    def question(w: Workload, _: Case) -> Answer:
        value = str(getattr(w, field))
        return said(value != "host", setting=f"{field}: {value or 'own'}")

    return question


def _uts(w: Workload, _: Case) -> Answer:
    if w.form == "kubernetes":  # a pod has no switch of its own: it follows the network
        return said(w.network != "host", setting=f"hostNetwork: {str(w.network == 'host').lower()}")
    return said(w.uts != "host", setting=f"uts: {w.uts or 'own'}")


def _is_set(field: str, name: str) -> Question:
    def question(w: Workload, _: Case) -> Answer:
        value = str(getattr(w, field))
        return said(bool(value) and value not in ("0", "-1"), setting=f"{name} {value or 'not set'}")

    return question


def _read_only(w: Workload, _: Case) -> Answer:
    return said(bool(w.read_only), setting=f"read-only root: {str(bool(w.read_only)).lower()}")


def _restart(w: Workload, case: Case) -> Answer:  # noqa: ARG001 - shape of a question
    kind, _, attempts = w.restart.partition(":")
    holds = kind in ("", "no", "none") or (
        kind in ("on-failure", "on_failure") and 0 < (whole(attempts) or 0) <= 5
    )
    return said(holds, setting=f"restart {w.restart or 'no'}")


def _devices(w: Workload, _: Case) -> Answer:
    found = [*w.devices, *(m.source for m in w.mounts if m.kind == "bind" and m.source.startswith("/dev/"))]
    return said(not found, setting=", ".join(found) or "none")


def _ulimits(w: Workload, _: Case) -> Answer:
    return said(True if w.ulimits else None, setting=", ".join(w.ulimits) or "ulimits not set")


def _propagation(w: Workload, _: Case) -> Answer:
    shared = [m.target for m in w.mounts if m.propagation.lower() in ("shared", "rshared", "bidirectional")]
    return said(not shared, setting=", ".join(shared) or "none shared")


def _seccomp(w: Workload, _: Case) -> Answer:
    if w.privileged or "unconfined" in (w.seccomp.lower(), w.pod_says.get("seccompProfile", "").lower()):
        return said(False, setting="privileged: true" if w.privileged else "seccomp unconfined")
    if w.form == "kubernetes" and not w.seccomp:  # a kubelet's default may be either
        return said(False, setting="seccompProfile not set")
    return said(True, setting=f"seccomp {w.seccomp or 'default'}")


def _escalation(w: Workload, case: Case) -> Answer:
    setuid = sum(line.kind in ("setuid file", "file capability") for line in case.surface)
    shown = f"no-new-privileges: {str(bool(w.no_new_privileges)).lower()}; {setuid} setuid files"
    return said(bool(w.no_new_privileges), setting=shown)


def _health(w: Workload, case: Case) -> Answer:
    if w.role:
        return Verdict.NOT_APPLICABLE, "runs-to-an-end", {}
    if broken_health(case, w.where):
        return Verdict.FAIL, "broken-check", {}
    if w.form == "kubernetes":
        return said(bool(w.has_probe), setting="probe" if w.has_probe else "no probe")
    has = bool(w.has_probe) if w.has_probe is not None else bool(case.start.health_words)
    return said(has, setting="health check" if has else "no health check")


def _moving_image(w: Workload, _: Case) -> Answer:
    name, at, _digest = w.image.partition("@")
    if w.built:
        return said(True, setting="build")
    if at:
        return said(True, setting=w.image)
    tag = name.rpartition("/")[2].partition(":")[2] or "latest"
    by_default = w.form == "kubernetes" and not w.pull and tag == "latest"
    fresh = w.pull.lower() in ("always", "newer") or by_default
    kept = w.pull.lower() == "never" or (w.pull and tag == "latest")
    holds = True if fresh else False if kept else None
    return said(holds, setting=f"{w.image} (tag {tag}, pull {w.pull or 'not set'})")


def _bridge(w: Workload, _: Case) -> Answer:
    uses = w.network in ("bridge", "default") or (w.form == "run" and not w.network)
    return said(not uses, setting=f"network {w.network or ('default' if w.form == 'run' else 'own')}")


def _users(w: Workload, _: Case) -> Answer:
    if w.form == "kubernetes":
        written = {"private": "false", "host": "true"}.get(w.users, "not set")
        return said(w.users == "private", setting=f"hostUsers: {written}")
    return said(w.users != "host", setting=f"userns {w.users or 'of the engine'}")


def _socket(w: Workload, _: Case) -> Answer:
    found = [
        m.source
        for m in _binds(w)
        if plain_path(m.source).rpartition("/")[2] in _SOCKETS or plain_path(m.source) in _SOCKET_FOLDERS
    ]
    return said(not found, setting=", ".join(found) or "none")


def _mended(decide: Decide, mend: str) -> Decide:
    """The rule, its fails with what mends them."""

    def decided(case: Case) -> Iterator[Judged]:
        for judged in decide(case):
            lacks = judged.verdict == Verdict.FAIL and judged.mend is None
            yield msgspec.structs.replace(judged, mend=Message(mend, {})) if lacks else judged

    return decided


def _rule(number: int, title: str, severity: str, decide: Decide, *tags: str) -> Rule:
    return Rule(
        id=f"CIS-5.{number}",
        title=title,
        severity=severity,
        decide=_mended(decide, f"mend-deployed-{number:02}"),
        benchmark=BENCHMARK,
        tags=(_NIST, *tags),
    )


RULES = (
    _rule(1, "Ensure swarm mode is not Enabled, if not needed", "low", host("needs-host")),
    _rule(2, "Ensure that, if applicable, an AppArmor Profile is enabled", "medium", asks(_apparmor, windows=False), f"{_NSA} AppArmor", f"{_PSS} AppArmor"),
    _rule(3, "Ensure that, if applicable, SELinux security options are set", "low", asks(_selinux, windows=False), f"{_NSA} SELinux"),
    _rule(4, "Ensure that Linux kernel capabilities are restricted within containers", "high", asks(_capabilities, windows=False)),
    _rule(5, "Ensure that privileged containers are not used", "high", asks(_privileged), f"{_NSA} privileged", f"{_PSS} privileged"),
    _rule(6, "Ensure sensitive host system directories are not mounted on containers", "high", asks(_host_folders)),
    _rule(7, "Ensure sshd is not run within containers", "medium", _sshd),
    _rule(8, "Ensure privileged ports are not mapped within containers", "low", asks(low_ports, needs="needs-ports-known")),
    _rule(9, "Ensure that only needed ports are open on the container", "low", asks(needed_ports, needs="needs-ports")),
    _rule(10, "Ensure that the host's network namespace is not shared", "high", asks(_shares("network")), f"{_NSA} host network", f"{_PSS} host namespaces"),
    _rule(11, "Ensure that the memory usage for containers is limited", "medium", asks(_is_set("memory", "memory"))),
    _rule(12, "Ensure that CPU priority is set appropriately on containers", "low", asks(_is_set("cpu", "CPU"))),
    _rule(13, "Ensure that the container's root filesystem is mounted as read only", "medium", asks(_read_only), f"{_NSA} immutable filesystem"),
    _rule(14, "Ensure that incoming container traffic is bound to a specific host interface", "low", asks(addresses, needs="needs-ports-known")),
    _rule(15, "Ensure that the 'on-failure' container restart policy is set to '5'", "low", asks(_restart, kubernetes=False)),
    _rule(16, "Ensure that the host's process namespace is not shared", "high", asks(_shares("pid")), f"{_NSA} host PID", f"{_PSS} host namespaces"),
    _rule(17, "Ensure that the host's IPC namespace is not shared", "medium", asks(_shares("ipc")), f"{_NSA} host IPC", f"{_PSS} host namespaces"),
    _rule(18, "Ensure that host devices are not directly exposed to containers", "high", asks(_devices)),
    _rule(19, "Ensure that the default ulimit is overwritten at runtime if needed", "low", asks(_ulimits, kubernetes=False)),
    _rule(20, "Ensure mount propagation mode is not set to shared", "medium", asks(_propagation)),
    _rule(21, "Ensure that the host's UTS namespace is not shared", "low", asks(_uts)),
    _rule(22, "Ensure the default seccomp profile is not Disabled", "high", asks(_seccomp, windows=False), f"{_NSA} seccomp", f"{_PSS} seccomp"),
    _rule(23, "Ensure that docker exec commands are not used with the privileged option", "low", in_hooks(lambda hook: hook.privileged, "privileged: true")),
    _rule(24, "Ensure that docker exec commands are not used with the user=root option", "low", in_hooks(is_roots, "user: root")),
    _rule(25, "Ensure that cgroup usage is confirmed", "low", asks(lambda w, _: said(not w.cgroup_parent, setting=f"cgroup parent {w.cgroup_parent or 'default'}"), kubernetes=False)),
    _rule(26, "Ensure that the container is restricted from acquiring additional privileges", "high", asks(_escalation, windows=False), f"{_NSA} escalation", f"{_PSS} allowPrivilegeEscalation"),
    _rule(27, "Ensure that container health is checked at runtime", "low", asks(_health)),
    _rule(28, "Ensure that Docker commands always make use of the latest version of their image", "low", asks(_moving_image)),
    _rule(29, "Ensure that the PIDs cgroup limit is used", "medium", asks(_is_set("pids", "PIDs limit"), kubernetes=False)),
    _rule(30, "Ensure that Docker's default bridge 'docker0' is not used", "low", asks(_bridge, kubernetes=False)),
    _rule(31, "Ensure that the host's user namespaces are not shared", "medium", asks(_users)),
    _rule(32, "Ensure that the Docker socket is not mounted inside any containers", "high", asks(_socket)),
)  # fmt: skip
