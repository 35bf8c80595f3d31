"""`docker run ...` lines (podman's and nerdctl's too) -> one workload. Source: docker run(1), podman-run(1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from seamline.errors import Malformed, Where
from seamline.formats.run_options import long_mount, published, security_options, short_mount, split_words
from seamline.formats.shell import commands, open_quotation
from seamline.model.workload import Check, Mount, Workload

_ENGINES = frozenset(("docker", "podman", "nerdctl"))
_TOOLS = _ENGINES | {"sudo", "exec"}
_STARTS = frozenset(("run", "create"))
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
_MOST_CHARACTERS = 64 << 10
_Options = Mapping[str, Sequence[str]]


def parse_run_line(line: str, source: str) -> Workload:
    """The container that the line would start.

    Raises:
        Malformed: it runs nothing by itself, no image is named, a quotation stays open, or what it publishes is no port.
    """
    found = _started(split_words(line.replace("\\\n", " "), source), source)
    if found is None:
        got = repr(line[:80])
        raise Malformed(
            source, expected="a run line with an image", got=got, hint="docker run [OPTIONS] IMAGE"
        )
    return found


def run_lines(script: str, source: str) -> Iterator[Workload]:
    """The containers that a shell script would start.

    Raises:
        Malformed: a quotation in it stays open, what it publishes is no port, or it is longer than scripts are.
    """
    if len(script) > _MOST_CHARACTERS:
        hint = "give the line itself: 'docker run ...'"
        raise Malformed(
            source, expected="a script of at most 64 KB", got=f"{len(script)} characters", hint=hint
        )
    at = open_quotation(script)
    if at is not None:
        where = Where(source=source, line=script.count("\n", 0, at) + 1)
        got = "a quotation that stays open"
        raise Malformed(where, expected="a whole script", got=got, hint="close it, or mask it with a \\")
    for command in commands(script):
        words = [word.text for word in command.words]
        if any(word.rpartition("/")[2] in _ENGINES for word in words):
            line = script.count("\n", 0, command.start) + 1
            found = _started(words, f"{source}:{line}")
            if found is not None:
                yield found


def _started(words: Sequence[str], source: str) -> Workload | None:
    at = next((at for at, word in enumerate(words) if word in _STARTS), None)
    if at is None or not _leads(words[:at]):
        return None
    options, rest = _options(list(words[at + 1 :]))
    return _workload(options, rest, source) if rest else None


def _leads(words: Sequence[str]) -> bool:
    """Whether only tools, their own options with their values, and settings of a variable stand before `run`: `compose`,
    `pod` or `service` there start something else, whose containers the line does not describe."""
    is_value = False
    if not any(word.rpartition("/")[2] in _ENGINES for word in words):
        return False
    for word in words:
        is_option = word.startswith("-")
        is_own = word.rpartition("/")[2] in _TOOLS or word == "container" or "=" in word
        if not (is_option or is_own or is_value):
            return False
        is_value = is_option and "=" not in word
    return True


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


class _Given:
    """The options of a line, asked for by their names."""

    def __init__(self, options: _Options) -> None:
        self._options = options

    def last(self, *names: str) -> str:
        """The last value; empty where none is given."""
        return next((self._options[name][-1] for name in names if name in self._options), "")

    def each(self, name: str) -> tuple[str, ...]:
        """Every value, in order."""
        return tuple(self._options.get(name, ()))

    def switch(self, name: str) -> bool | None:
        """Whether it is on; None where it is not given."""
        return None if name not in self._options else self._options[name][-1] != "false"


def _workload(options: _Options, rest: Sequence[str], source: str) -> Workload:
    given = _Given(options)
    security = security_options(given.each("security-opt"))
    user, _, group = given.last("user").partition(":")
    written, where = given.each("publish"), f"{source} --publish"
    return Workload(
        name=given.last("name") or rest[0],
        image=rest[0],
        form="run",
        where=source,
        command=(given.last("entrypoint"),) if "entrypoint" in options else None,
        arguments=tuple(rest[1:]) or None,
        user=user or None,
        group=group or None,
        read_only=given.switch("read-only"),
        privileged=given.switch("privileged"),
        no_new_privileges=security.get("no-new-privileges", "") == "true" or None,
        cap_add=given.each("cap-add"),
        cap_drop=given.each("cap-drop"),
        apparmor=security.get("apparmor", ""),
        seccomp=security.get("seccomp", ""),
        selinux=security.get("label", ""),
        network=given.last("network", "net"),
        pid=given.last("pid"),
        ipc=given.last("ipc"),
        uts=given.last("uts"),
        users=given.last("userns"),
        memory=given.last("memory"),
        cpu=given.last("cpus", "cpu-shares", "cpu-quota"),
        pids=given.last("pids-limit"),
        restart=given.last("restart"),
        cgroup_parent=given.last("cgroup-parent"),
        ulimits=given.each("ulimit"),
        devices=given.each("device"),
        mounts=tuple(_mounts(given)),
        ports=tuple(port for value in written if "$" not in value for port in published(value, where)),
        unknown_ports=tuple(value for value in written if "$" in value),
        environment=given.each("env"),
        has_probe=False if given.switch("no-healthcheck") else bool(given.last("health-cmd")) or None,
        pull=given.last("pull"),
        checks=tuple(_checks(given)),
        working_folder=given.last("workdir"),
    )


def _checks(given: _Given) -> Iterator[Check]:
    line = given.last("health-cmd")
    if line and not given.switch("no-healthcheck"):
        yield Check(name="--health-cmd", words=("/bin/sh", "-c", line))


def _mounts(given: _Given) -> Iterator[Mount]:
    yield from map(short_mount, given.each("volume"))
    yield from map(long_mount, given.each("mount"))
    for value in given.each("tmpfs"):
        yield Mount(kind="tmpfs", target=value.partition(":")[0])
