"""`docker run ...` lines (podman's and nerdctl's too) -> one workload. Source: docker run(1), podman-run(1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from seamline.errors import Malformed
from seamline.formats.compose_file import security_options
from seamline.formats.run_options import long_mount, published, short_mount, split_words
from seamline.model.workload import Mount, Workload

_TOOLS = frozenset(("docker", "podman", "nerdctl", "sudo"))
_VERBS = frozenset(("container", "run", "create"))
_SHORT = {
    "u": "user", "v": "volume", "p": "publish", "e": "env", "w": "workdir", "m": "memory", "c": "cpu-shares",
    "h": "hostname", "l": "label", "a": "attach",
}  # fmt: skip
_SWITCHES = frozenset(
    (
        "d", "i", "t", "P", "q", "detach", "interactive", "tty", "rm", "init", "privileged", "read-only", "publish-all",
        "no-healthcheck", "oom-kill-disable", "sig-proxy", "disable-content-trust", "quiet", "tls-verify", "no-hosts",
        "replace", "rootfs",
    )
)  # fmt: skip
_Options = Mapping[str, Sequence[str]]


def parse_run_line(line: str, source: str) -> Workload:
    """The container that the line would start.

    Raises:
        Malformed: no image is named.
    """
    words = list(split_words(line.replace("\\\n", " ")))
    while words and words[0].rpartition("/")[2] in _TOOLS | _VERBS:
        words.pop(0)
    options, rest = _options(words)
    if not rest:
        raise Malformed(
            source,
            expected="a run line with an image",
            got=repr(line[:80]),
            hint="docker run [OPTIONS] IMAGE",
        )
    return _workload(options, rest, source)


def _options(words: list[str]) -> tuple[dict[str, list[str]], list[str]]:
    """The options by their long names, and what comes behind them: image, command."""
    found: dict[str, list[str]] = {}
    at = 0
    while at < len(words) and words[at].startswith("-") and words[at] != "-":
        word = words[at]
        at += 1
        if word == "--":
            break
        name, equals, value = word.lstrip("-").partition("=")
        if not word.startswith("--"):
            name, value, equals = _cluster(word[1:], found)
        if not name:
            continue
        if not equals and name not in _SWITCHES:
            value = words[at] if at < len(words) else ""
            at += 1
        found.setdefault(name, []).append(value if equals or name not in _SWITCHES else "true")
    return found, words[at:]


def _cluster(letters: str, found: dict[str, list[str]]) -> tuple[str, str, str]:
    """`-itu root`, `-p8080:80`: switches one by one, then one option with the rest as its value."""
    for at, letter in enumerate(letters):
        if letter in _SWITCHES:
            found.setdefault(letter, []).append("true")
        else:
            rest = letters[at + 1 :].removeprefix("=")
            return _SHORT.get(letter, letter), rest, "=" if rest else ""
    return "", "", ""


def _workload(options: _Options, rest: Sequence[str], source: str) -> Workload:
    def last(*names: str) -> str:
        return next((options[name][-1] for name in names if name in options), "")

    def each(*names: str) -> tuple[str, ...]:
        return tuple(value for name in names for value in options.get(name, ()))

    def switch(name: str) -> bool | None:
        return None if name not in options else options[name][-1] != "false"

    security = security_options(each("security-opt"))
    user, _, group = last("user").partition(":")
    if switch("no-healthcheck"):
        probe: bool | None = False
    else:
        probe = True if last("health-cmd") else None
    return Workload(
        name=last("name") or rest[0],
        image=rest[0],
        form="run",
        where=source,
        command=(last("entrypoint"),) if "entrypoint" in options else None,
        arguments=tuple(rest[1:]) or None,
        user=user or None,
        group=group or None,
        read_only=switch("read-only"),
        privileged=switch("privileged"),
        no_new_privileges=security.get("no-new-privileges", "") == "true" or None,
        cap_add=each("cap-add"),
        cap_drop=each("cap-drop"),
        apparmor=security.get("apparmor", ""),
        seccomp=security.get("seccomp", ""),
        selinux=security.get("label", ""),
        network=last("network", "net"),
        pid=last("pid"),
        ipc=last("ipc"),
        uts=last("uts"),
        users=last("userns"),
        memory=last("memory"),
        cpu=last("cpus", "cpu-shares", "cpu-quota"),
        pids=last("pids-limit"),
        restart=last("restart"),
        cgroup_parent=last("cgroup-parent"),
        ulimits=each("ulimit"),
        devices=each("device"),
        mounts=(
            *map(short_mount, each("volume")),
            *map(long_mount, each("mount")),
            *(Mount(kind="tmpfs", target=value.partition(":")[0]) for value in each("tmpfs")),
        ),
        ports=tuple(port for value in each("publish") for port in published(value)),
        environment=each("env"),
        has_probe=probe,
        pull=last("pull"),
    )
