"""Passwords and tokens among the words of a command, where a program takes one: what stands there in plain letters.

Source: curl(1) -u, -U and -H; wget(1) --password; sshpass(1) -p; mysql(1) -p; docker-login(1) -p; redis-cli(1) -a.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from seamline.expression import expression
from seamline.formats.shell import Command, Word
from seamline.lint.view import program

_PAIRS: Mapping[str, tuple[str, ...]] = {
    "curl": ("-u", "--user", "-U", "--proxy-user"),
    "http": ("-a", "--auth"),
    "https": ("-a", "--auth"),
}
"""Options whose value is `user:password`."""
_WHOLE: Mapping[str, tuple[str, ...]] = {
    "wget": ("--password", "--http-password", "--ftp-password", "--proxy-password"),
    "sshpass": ("-p",),
    "redis-cli": ("-a", "--pass"),
    "docker": ("-p", "--password"),
    "podman": ("-p", "--password"),
    "buildah": ("-p", "--password"),
    "skopeo": ("-p", "--password"),
}
"""Options whose value is the password; of the engines, where they log in."""
_ANYBODYS = ("--password", "--passwd", "--passphrase", "--token", "--api-key", "--access-token", "--auth-token")  # fmt: skip
"""Options that mean a secret in whatever program."""
_GLUED: Mapping[str, str] = {"sshpass": "-p", "mysql": "-p", "mysqldump": "-p", "mysqladmin": "-p", "mariadb": "-p"}  # fmt: skip
_ENGINES = frozenset(("docker", "podman", "buildah", "skopeo"))
_HEADER = expression(
    r"(?i)(?:(?:proxy-)?authorization:\s{0,8}(?:basic|bearer|token)|private-token:|x-(?:api-key|auth-token):)\s{0,8}(\S+)"
)
_STANDS_FOR_ONE = expression(
    r"(?i)(?:your|my|the|some|a)?[-_ ]?(?:api)?[-_ ]?(?:user(?:name)?|pass(?:word|wd|phrase)?|pw|pwd|secret|token|key|credentials?)(?:[-_ ]?here)?|change[-_ ]?me\w{0,4}|x{3,}|\*{3,}|\.{3,}"
    r"|[<\[{(%].*|.*[>\]})%]|x-oauth-basic|x-token-auth|x|anonymous|none|null|"
)
"""What nobody would keep secret: a word for a secret, a hole to be filled, what stands beside a token."""


class Given(msgspec.Struct, frozen=True):
    """One secret that a command is given: the option that takes it, and its value."""

    option: str
    value: str

    @property
    def name(self) -> str:
        """The option as a report tells it: `password`, `-u`."""
        return self.option.removeprefix("--")

    def spellings(self) -> tuple[str, ...]:
        """How the value may stand behind its option, or behind the user's name."""
        behind = ("", " ", "=", " '", ' "', "'", '"', "='", '="')
        return (f":{self.value}", *(f"{self.option}{each}{self.value}" for each in behind))


def is_placeholder(value: str) -> bool:
    """Whether a value stands for a secret and is none."""
    return bool(_STANDS_FOR_ONE.fullmatch(value[:200]))


def given_secrets(command: Command) -> Iterator[Given]:
    """What a command is given in plain letters where its program takes a secret; what a shell fills in is none."""
    name, arguments = program(command)
    words = command.words[len(command.words) - len(arguments) :] if arguments else ()
    if name in _ENGINES and not any(word.text == "login" for word in words[:2]):
        return
    takes_pairs, takes_whole = _PAIRS.get(name, ()), _WHOLE.get(name, ())
    for option, value in _valued(words, (*takes_pairs, *takes_whole, *_ANYBODYS), _GLUED.get(name, "")):
        _, colon, password = value.partition(":")
        secret = password if option in takes_pairs else value
        is_one = bool(secret) and (bool(colon) or option not in takes_pairs)
        if is_one and not is_placeholder(secret) and not secret.startswith(("/", "-", "file:", "env:")):
            yield Given(option, secret)
    if name in ("curl", "wget", "http", "https"):
        for word in words:
            held = _HEADER.search(word.text) if word.is_plain else None
            if held is not None and not is_placeholder(held[1]):
                yield Given("Authorization" if "uthoriz" in held[0] else held[0].partition(":")[0], held[1])


def _valued(words: tuple[Word, ...], options: tuple[str, ...], glued: str) -> Iterator[tuple[str, str]]:
    """(option, its value) of those options that have one in plain letters: behind a blank, an equals sign, or at once."""
    waiting = ""
    for word in words:
        text, option = word.text, ""
        if waiting:
            option, value, waiting = waiting, text, ""
        elif text in options:
            waiting = text
            continue
        elif text.startswith("--"):
            option, _, value = text.partition("=")
        elif glued and text.startswith(glued) and len(text) > len(glued):
            option, value = glued, text[len(glued) :]
        elif text.startswith("-"):
            option = next(
                (each for each in options if not each.startswith("--") and _bundles(text, each)), ""
            )
            value = text.partition(option[1:])[2] if option else ""
            if option and not value:
                waiting = option
                continue
        if option and word.is_plain and (option in options or option == glued):
            yield option, value


def _bundles(text: str, option: str) -> bool:
    """Whether a bundle of letters ends in an option, or holds it before its value: `-fsSLu`, `-uci:x`."""
    return (
        bool(re.match(rf"-[a-zA-Z]{{0,8}}?{option[1]}", text)) and text != option and text.find(option[1]) > 0
    )
