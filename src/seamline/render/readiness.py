"""Readiness for least privilege in words: the three verdicts with what stops them, the run line, the manifest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seamline.model.readiness import Hindrance, Readiness, Ready, SecurityContext, Want
from seamline.render.layout import left, plain, wrapped
from seamline.render.words import say, word

_LABEL = 26


def verdicts(found: Readiness) -> tuple[tuple[Want, Ready], ...]:
    """The three, in the order in which they are read."""
    return (
        (Want.NON_ROOT, found.non_root),
        (Want.READ_ONLY, found.read_only),
        (Want.NO_CAPABILITIES, found.no_capabilities),
    )


def want_word(want: Want, language: str) -> str:
    """What is asked for, in words."""
    return word(f"ready-{want.value}", language)


def ready_word(ready: Ready, language: str) -> str:
    """A verdict in words."""
    return word(f"ready-{ready.value.replace(' ', '-')}", language)


def reasons(found: Readiness, want: Want, language: str) -> tuple[str, ...]:
    """What stands against one want, each with what takes it away."""
    return tuple(_reason(each, language) for each in found.hindrances if each.want == want)


def _reason(each: Hindrance, language: str) -> str:
    text = plain(say(each.message, language))
    return f"{text} -> {plain(say(each.mend, language))}" if each.mend is not None else text


def write_readiness(found: Readiness, language: str, columns: int) -> Iterator[str]:
    """The lines of a terminal."""
    yield word("least-privilege", language)
    for want, ready in verdicts(found):
        told = reasons(found, want, language)
        yield f" {left(want_word(want, language), _LABEL)} {ready_word(ready, language)}"
        for reason in told:
            for at, line in enumerate(wrapped(reason.split(), columns - 7)):
                yield f"   {'  ' if at else ''}{line}"
    yield f" {word('ready-run-line', language)}{word('colon', language).rstrip()}"
    yield from command_lines(found.run_line, columns - 3)


def command_lines(command: str, columns: int) -> Iterator[str]:
    """A shell command over several lines that may be copied as they are."""
    lines = wrapped(command.split(), columns - 4)
    for at, line in enumerate(lines):
        yield f"   {'  ' if at else ''}{line}{' ' + chr(92) if at + 1 < len(lines) else ''}"


def manifest(found: Readiness) -> str:
    """The part of a pod's specification that says what the run line says. Source: Kubernetes v1 PodSpec."""
    lines = ["spec:"]
    if found.sysctls:
        name, _, value = found.sysctls[0].partition("=")
        lines += ["  securityContext:", "    sysctls:", f'    - {{name: {name}, value: "{value}"}}']
    lines += [
        "  containers:",
        f"  - name: {_name(found)}",
        "    securityContext:",
        *_context(found.security_context),
    ]
    if found.mounts:
        lines.append("    volumeMounts:")
        lines += [f"    - {{name: {_volume(path)}, mountPath: {path}}}" for path in found.mounts]
        lines.append("  volumes:")
        lines += [f"  - {_source(path, found)}" for path in found.mounts]
    return "\n".join(lines) + "\n"


def _name(found: Readiness) -> str:
    return found.server.split()[0].lower() if found.server else "app"


def _volume(path: str) -> str:
    return path.strip("/").replace("/", "-").replace("_", "-").replace(".", "-").lower() or "root"


def _source(path: str, found: Readiness) -> str:
    keeps = any(each.path == path and each.kind == "state" for each in found.writes)
    if keeps:
        return f"{{name: {_volume(path)}, persistentVolumeClaim: {{claimName: {_volume(path)}}}}}"
    return f"{{name: {_volume(path)}, emptyDir: {{}}}}"


def _context(context: SecurityContext) -> Sequence[str]:
    added = ", ".join(context.capabilities.get("add", ()))
    lines = [
        f"runAsNonRoot: {str(context.run_as_non_root).lower()}",
        *([f"runAsUser: {context.run_as_user}"] if context.run_as_user is not None else []),
        *([f"runAsGroup: {context.run_as_group}"] if context.run_as_group is not None else []),
        f"readOnlyRootFilesystem: {str(context.read_only_root_filesystem).lower()}",
        f"allowPrivilegeEscalation: {str(context.allow_privilege_escalation).lower()}",
        f"capabilities: {{drop: [ALL]{f', add: [{added}]' if added else ''}}}",
        f"seccompProfile: {{type: {context.seccomp_profile.get('type', 'RuntimeDefault')}}}",
    ]
    return [f"      {line}" for line in lines]
