"""Secrets in a Dockerfile: in variables, in files, in addresses. What is found is never shown beyond its name."""

from __future__ import annotations

from collections.abc import Iterator

from seamline.expression import expression
from seamline.formats.dockerfile.values import Instruction
from seamline.formats.shell import Command
from seamline.lint.given_secrets import given_secrets, is_placeholder
from seamline.lint.rule import (
    CRITICAL,
    HIGH,
    SECURITY,
    Found,
    Rule,
    at_command,
    at_step,
    run_commands,
)
from seamline.lint.view import Step, View, program

_NAME = expression(
    r"(?i)^(?:pgpassword|sshpass|mysql_pwd|redisauth|redis_auth)$|(?:^|_)(?:pass(?:wd|word|phrase)?|secret|token|api_?key|apikey|access_?key|private_?key|secret_?key|credentials?|auth_?token)(?:$|_)"
)
_HARMLESS = expression(
    r"(?i)_(?:file|path|dir|url|uri|name|id|ttl|expiry|expires|length|header|type|store|policy|version|hash_algorithm|algorithm)$"
    r"|^(?:allow|disable|enable|use|require|no|max|min|skip)_|_(?:enabled|disabled|required|allowed)$"
)
_HARMLESS_VALUE = expression(r"(?i)true|false|yes|no|on|off|none|null|[0-9]{1,4}|/.*|\$.*|<.*>|")
_FILE = expression(
    r"(?i)(?:^|/)(?:id_(?:rsa|dsa|ecdsa|ed25519)|\.netrc|\.npmrc|\.pypirc|\.pgpass|\.htpasswd|\.git-credentials|\.env(?:\.(?!example|sample|template|dist)[\w-]+)?"
    r"|\.aws(?:/.*)?|\.ssh(?:/.*)?|\.docker/config\.json|\.dockercfg|\.kube/config|kubeconfig|credentials(?:\.json)?|service[-_]account\.json"
    r"|secrets?\.(?:json|ya?ml|toml|txt|env)|[\w.-]+\.(?:pfx|p12|jks|keystore|kdbx|ppk)|[\w.-]*(?:private|server|tls|ssl)[\w.-]*\.key|[\w.-]*key\.pem)$"
)
_ADDRESS = expression(r"(?<=[a-zA-Z0-9+.-])://[^/\s:@'\"]*:([^/\s@'\"]+)@")


def looks_secret(name: str) -> bool:
    """Whether a variable of that name would hold a secret."""
    return bool(_NAME.search(name)) and not _HARMLESS.search(name)


def in_variables(view: View) -> Iterator[Found]:
    """ENV stays in the image's configuration, ARG in its history."""
    for step in view.steps("ENV", "ARG"):
        names = [
            name
            for name, value, _ in step.instruction.pairs
            if looks_secret(name) and not (step.keyword == "ENV" and _harmless(value))
        ]
        if names:
            yield at_step(step, " ".join(names))
    for instruction in view.dockerfile.instructions:
        if instruction.keyword == "FROM":
            break
        yield from _before_from(instruction)


def _before_from(instruction: Instruction) -> Iterator[Found]:
    names = [name for name, _, _ in instruction.pairs if looks_secret(name)]
    if names:
        yield Found(line=instruction.start_line, end_line=instruction.end_line, detail=" ".join(names))


def _harmless(value: str) -> bool:
    return bool(_HARMLESS_VALUE.fullmatch(value.strip("\"'")))


def files_copied(view: View) -> Iterator[Found]:
    """A file that by its name is a secret becomes part of a layer."""
    for step in view.steps("COPY", "ADD"):
        if step.instruction.flag("from") is not None:
            continue
        names = [word for word in step.instruction.arguments[:-1] if _FILE.search(word)]
        if names:
            yield at_step(step, " ".join(names))


def removed_too_late(view: View) -> Iterator[Found]:
    """What one layer brought, a later one can only hide."""
    for each in view.stages:
        brought: dict[str, Step] = {}
        for step in each.steps:
            if step.keyword in ("COPY", "ADD"):
                brought.update((path, step) for path in _destinations(step))
            elif step.keyword == "RUN":
                for command in step.commands:
                    gone = [
                        path for path in _removed(step, command.name, command.arguments) if path in brought
                    ]
                    if gone:
                        yield at_command(view, step, command, " ".join(gone))


def _destinations(step: Step) -> Iterator[str]:
    """Where the secret files of a COPY land."""
    *sources, target = step.instruction.arguments
    folder = target if target.startswith("/") else f"{step.workdir.rstrip('/')}/{target.removeprefix('./')}"
    for source in sources:
        name = source.rstrip("/").rpartition("/")[2]
        if _FILE.search(source) or _FILE.search(target):
            is_folder = target.endswith(("/", ".")) or len(sources) > 1
            yield f"{folder.rstrip('/.')}/{name}" if is_folder else folder


def _removed(step: Step, name: str, arguments: tuple[str, ...]) -> Iterator[str]:
    if name not in ("rm", "shred"):
        return
    for word in arguments:
        if not word.startswith("-"):
            path = word.replace("~/", "/root/", 1) if word.startswith("~/") else word
            yield path if path.startswith("/") else f"{step.workdir.rstrip('/')}/{path}"


def in_addresses(view: View) -> Iterator[Found]:
    """`https://user:password@host` in a command or variable."""
    for step in view.steps("ENV", "ARG", "ADD", "LABEL", "CMD", "ENTRYPOINT"):
        if _has_password(step.instruction.text):
            yield at_step(step)
    for step, command in run_commands(view):
        if any(_has_password(word.text) for word in (*command.words, *command.assignments)):
            yield at_command(view, step, command, command.name)


def _has_password(text: str) -> bool:
    return any(_is_literal(match[1]) and not is_placeholder(match[1]) for match in _ADDRESS.finditer(text))


def _is_literal(password: str) -> bool:
    return not password.startswith(("$", "<"))


def in_commands(view: View) -> Iterator[Found]:
    """A password or token written into a command: history keeps it."""
    for step, command in run_commands(view):
        given = (each.name for each in given_secrets(command))
        for name in dict.fromkeys((*_named_secrets(command), *given)):
            yield at_command(view, step, command, name)


def _named_secrets(command: Command) -> Iterator[str]:
    """The names of variables and options under which a command is given a secret."""
    for word in (*command.assignments, *command.words):
        name, equals, value = word.text.lstrip("-").partition("=")
        is_told = looks_secret(name.replace("-", "_")) and not _harmless(value) and not is_placeholder(value)
        if equals and word.is_plain and is_told and " " not in name:
            yield name


MASK = "***"
_LONG = 8  # a shorter value may be an ordinary word elsewhere


def masks_of(view: View) -> tuple[tuple[str, str], ...]:
    """What no report may repeat of the file, and what stands there instead; the longest first."""
    masks: dict[str, str] = {}
    for name, value, between in _secret_pairs(view):
        masks[f"{name}{between}{value}"] = f"{name}{between}{MASK}"
        bare = value.strip("\"'")
        if len(bare) >= _LONG:
            masks[bare] = MASK
    for instruction in view.dockerfile.instructions:
        for match in _ADDRESS.finditer(instruction.text):
            if _is_literal(match[1]):
                masks[f":{match[1]}@"] = f":{MASK}@"
    for step, command in run_commands(view):
        if program(command)[0] == "chpasswd":
            feeds = (
                each for each in step.commands if each.pipeline == command.pipeline and each is not command
            )
            masks.update((text, MASK) for each in feeds for text in each.arguments if ":" in text)
        for given in given_secrets(command):
            masks.update((text, text.replace(given.value, MASK)) for text in given.spellings())
            if len(given.value) >= _LONG:
                masks[given.value] = MASK
    return tuple(sorted(masks.items(), key=lambda pair: -len(pair[0])))


def _secret_pairs(view: View) -> Iterator[tuple[str, str, str]]:
    """Name, value and what stands between them, of every variable and option that by its name holds a secret."""
    for instruction in view.dockerfile.instructions:
        if instruction.keyword in ("ENV", "ARG"):
            for name, value, between in instruction.pairs:
                if looks_secret(name) and not _harmless(value):
                    yield name, value, between or " "
    for _, command in run_commands(view):
        for word in (*command.assignments, *command.words):
            name, equals, value = word.raw.partition("=")
            if equals and looks_secret(name.lstrip("-").replace("-", "_")) and not _harmless(value):
                yield name, value, equals


RULES = (
    Rule("DL3064", SECURITY, HIGH, in_variables),
    Rule("SL1002", SECURITY, HIGH, files_copied),
    Rule("SL1003", SECURITY, CRITICAL, removed_too_late),
    Rule("SL1004", SECURITY, CRITICAL, in_addresses),
    Rule("SL1013", SECURITY, HIGH, in_commands),
)
