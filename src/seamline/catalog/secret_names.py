"""Names that ask for secrecy, and the values under them that may be shown all the same.

What a rule of secrets finds is never shown. Under a name that asks for secrecy nothing else is either, unless it is plainly no
secret: nothing at all, a path or a reference to where the secret lies, a word that stands for one. `PASSWORD=sonnenblume` is
no finding (it might be anything) and still nobody's business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from seamline.catalog.secret_checks import DOCUMENTED, EVERYDAY, looks_like_placeholder
from seamline.expression import expression

_SECRECY = expression(
    r"(?i)passw(?:or)?ds?|passwd|passphrase|(?<![a-z])pwd|secrets?|tokens?|api[_-]?keys?|credentials?|(?<=[_-])pass|^pass|(?<![a-z])auth$"
    r"|(?:access|auth|private|encryption|signing|master|shared)[_-]?keys?"
)
_ABOUT = expression(
    r"(?i)[_.-](?:id|name|user|username|files?|path|dir|url|uri|host|port|type|len|length|size|ttl|age|expir\w*|count|field|header|format|"
    r"policy|arn|version|ref|provider|backend|enabled|timeout|limit|interval|algorithm|alg)s?$"
)
_SWITCH = expression(
    r"(?i)(?:^|[_.-])(?:allow|empty|random|generate|require|disable|enable|min|max|num|use|has|is|prompt)(?:[_.-]|$)"
)
_REFERENCE = expression(
    r"\$[A-Za-z_]\w*|\$\{[A-Za-z_]\w*\}|\{\{[ \w.$-]*\}\}|<[ \w.-]*>|%[A-Za-z_]\w*%|@[A-Za-z_]+@|(?:op|vault|awssm|gcpsm|sm)://[\w./-]+|arn:[\w:/.*-]+"
)
_SEGMENT = r"(?:[a-z0-9._-]{1,32}|[A-Za-z._-]{1,48}|\$\{?[A-Za-z_]\w*\}?)"
_PATH = expression(rf"(?:file:/|~|\.{{1,2}})?(?:/{_SEGMENT})+/?")
_VALUE = r"\"(?:[^\"\\]|\\.){0,2048}\"|'[^']{0,2048}'"
_PAIR = expression(
    rf"(?<![\w.-])(?P<name>[A-Za-z_][\w.-]{{0,127}})(?:=|\s{{0,8}}:\s{{0,8}})(?P<v>{_VALUE}|[^\s;&|\"']+)"
    rf"|(?<![\w-])--(?P<option>[A-Za-z][\w-]{{0,127}})(?:=|\s{{1,8}})(?P<given>{_VALUE}|[^\s;&|\"'-][^\s;&|\"']*)"
    r"|(?:^|\s)(?:ENV|ARG|LABEL)\s{1,8}(?P<old>[A-Za-z_][\w.-]{0,127})\s{1,8}(?P<rest>[^\s=]\S*)$"
)
"""Names and values as steps, commands and options write them; bounded, as the texts are strangers'."""


def asks_for_secrecy(name: str) -> bool:
    """Whether a variable of that name holds a secret by its name: `DB_PASSWORD`, not `DB_PASSWORD_FILE`, `TOKENIZER`."""
    for match in _SECRECY.finditer(name):
        follows = name[match.end() : match.end() + 1]
        ends = not follows.isalpha() or (match.group()[-1].islower() and follows.isupper())
        if ends and not _ABOUT.search(name, match.start()) and not _SWITCH.search(name):
            return True
    return False


def may_be_shown(value: str) -> bool:
    """Whether a value under such a name is plainly no secret: empty, a path or reference, a word that stands for one."""
    value = value.strip()
    lowered = value.lower()
    if (
        not value
        or lowered.encode("utf-8", "replace") in EVERYDAY
        or value.encode("utf-8", "replace") in DOCUMENTED
    ):
        return True
    if _REFERENCE.fullmatch(value):
        return True
    if _PATH.fullmatch(value):
        return not any(len(part) > 15 and re.search(r"\d", part) for part in re.split(r"[/._-]", value))
    return looks_like_placeholder(lowered)


def hidden_pairs(text: str) -> Iterator[tuple[str, str]]:
    """(what stands before it, value) of each value in a text that its name hides; both as they stand there."""
    for match in _PAIR.finditer(text):
        name = match["name"] or match["option"] or match["old"]
        group = "v" if match["name"] else "given" if match["option"] else "rest"
        if asks_for_secrecy(name) and not may_be_shown(match[group].strip("\"'")):
            yield text[match.start() : match.start(group)], match[group]
