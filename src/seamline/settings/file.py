"""seamline.toml -> settings. Source: TOML 1.0; docs/reference/seamline-toml.md says what each key means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from seamline.errors import Malformed, Where
from seamline.model.advisory import Severity
from seamline.model.package import Side

_MOST_BYTES = 1 << 20
_MOST_DOTS = 100
_DAYS = {
    Severity.CRITICAL: 15,
    Severity.HIGH: 30,
    Severity.MEDIUM: 90,
    Severity.UNKNOWN: 90,
    Severity.LOW: 180,
}
_OWNERS = {Side.SYSTEM: "infrastructure", Side.APPLICATION: "application team", Side.UNKNOWN: "nobody yet"}
_SIDES = {
    "system": Side.SYSTEM,
    "sys": Side.SYSTEM,
    "application": Side.APPLICATION,
    "app": Side.APPLICATION,
    "unknown": Side.UNKNOWN,
}
_STATUSES = ("affected", "not_affected", "fixed", "under_investigation")
_JUSTIFICATIONS = (  # OpenVEX 0.2.0, "Status Justifications"
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
)
_KEYS = {
    "": ("teams", "deadlines", "ignore", "gate", "trust", "lint"),
    "teams.*": ("sides", "bases", "contact", "deadlines"),
    "deadlines": (*(severity.value for severity in Severity), "kev"),
    "ignore": ("id", "package", "path", "image", "side", "reason", "until", "status", "justification"),
    "gate": ("fail-on",),
    "trust": ("keys",),
    "lint": ("ignore", "trusted-registries"),
}


class Days(msgspec.Struct, frozen=True, kw_only=True):
    """How long somebody has, by severity; None has no deadline. `kev` None leaves CISA's own due dates."""

    by_severity: Mapping[Severity, int | None] = {}
    kev: int | None = None


class Team(msgspec.Struct, frozen=True, kw_only=True):
    """One team: the sides and bases (globs over full names) that are its own, and its own deadlines."""

    name: str
    sides: tuple[Side, ...] = ()
    bases: tuple[str, ...] = ()
    contact: str = ""
    days: Days = Days()


class Ignore(msgspec.Struct, frozen=True, kw_only=True):
    """What does not count, why, and until which day (included). Empty conditions hold for everything; `package` is a glob
    over names or purls, each with or without `@version`, `path` over paths in the image, `image` over references. `status` and
    `justification` are VEX's words for others: affected (the risk is borne), not_affected, fixed, under_investigation."""

    id: str
    reason: str
    until: str
    package: str = ""
    path: str = ""
    image: str = ""
    side: Side | None = None
    source: str = ""
    status: str = "affected"
    justification: str = ""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was decided; without a file, the defaults. `trusted_keys` are files, relative to the settings';
    `lint_ignores` are ids of rules, `trusted_registries` patterns of where images may come from."""

    teams: tuple[Team, ...] = ()
    days: Days = Days(by_severity=_DAYS)
    ignores: tuple[Ignore, ...] = ()
    fail_on: tuple[str, ...] = ()
    trusted_keys: tuple[str, ...] = ()
    lint_ignores: tuple[str, ...] = ()
    trusted_registries: tuple[str, ...] = ()
    source: str = ""

    def owner_of(self, side: Side, bases: tuple[str, ...] = ()) -> str:
        """The team that must act: the one whose bases these are, else the one whose side it is."""
        return self.keeper_of(bases) or next(
            (team.name for team in self.teams if side in team.sides and not team.bases), _OWNERS[side]
        )

    def keeper_of(self, bases: tuple[str, ...]) -> str:
        """The team whose bases these are; empty where no team names them."""
        return next(
            (
                team.name
                for team in self.teams
                if any(fnmatchcase(name, glob) for name in bases for glob in team.bases)
            ),
            "",
        )

    def days_for(self, severity: Severity, owner: str) -> int | None:
        """How long an owner has for a finding; None where it has no deadline."""
        own = self._team(owner).days.by_severity
        return own[severity] if severity in own else self.days.by_severity.get(severity)

    def kev_days(self, owner: str) -> int | None:
        """How long an owner has for what is known to be exploited; None leaves CISA's own due dates."""
        own = self._team(owner).days.kev
        return self.days.kev if own is None else own

    def _team(self, name: str) -> Team:
        return next((team for team in self.teams if team.name == name), Team(name=name))


def parse_settings(data: bytes, source: str) -> Settings:
    """The settings of a file.

    Raises:
        Malformed: it is no TOML, or says something that is not known; the error names the key.
    """
    document = _document(data, source)
    _check_keys(document, "", source)
    teams = tuple(_team(name, each, source) for name, each in _table(document, "teams", source).items())
    _check_sides(teams, source)
    lint = _checked_table(document, "lint", source)
    return Settings(
        teams=teams,
        days=_days(_table(document, "deadlines", source), source, "deadlines", _DAYS),
        ignores=tuple(
            _ignore(each, f"ignore[{at}]", source)
            for at, each in enumerate(_list(document, "ignore", source))
        ),
        fail_on=_texts(_checked_table(document, "gate", source), "fail-on", source, "gate"),
        trusted_keys=_texts(_checked_table(document, "trust", source), "keys", source, "trust"),
        lint_ignores=tuple(each.upper() for each in _texts(lint, "ignore", source, "lint")),
        trusted_registries=_texts(lint, "trusted-registries", source, "lint"),
        source=source,
    )


def _check_sides(teams: Iterable[Team], source: str) -> None:
    """A whole side has one keeper; teams of bases stand beside it."""
    keepers: dict[Side, str] = {}
    for team in teams:
        for side in team.sides if not team.bases else ():
            keeper = keepers.setdefault(side, team.name)
            if keeper != team.name:
                raise Malformed(
                    Where(source=source, inside=f"teams.{team.name}.sides"),
                    expected="sides that no other team keeps",
                    got=f"{side.value}, which teams.{keeper} keeps",
                    hint="give one of them bases, or leave the side out",
                )


def _checked_table(document: Mapping[str, Any], key: str, source: str) -> dict[str, Any]:
    table = _table(document, key, source)
    _check_keys(table, key, source, f"{key}.")
    return table


def _document(data: bytes, source: str) -> dict[str, Any]:
    try:
        if len(data) > _MOST_BYTES:
            raise ValueError(f"{len(data)} bytes")
        # for a key of many parts the parser takes their square
        if any(line.count(b".") > _MOST_DOTS for line in data.splitlines()):
            raise ValueError(f"a line with more than {_MOST_DOTS} dots")
        import tomllib  # noqa: PLC0415 - only a settings file needs it

        return tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as fault:  # TOMLDecodeError is a ValueError
        raise Malformed(source, expected="TOML", got=_said(fault), hint="mend the file") from fault


def _said(fault: Exception) -> str:
    return "one nested too deep" if isinstance(fault, RecursionError) else str(fault)[:200]


def _bad(
    source: str, key: str, expected: str, got: object, hint: str = "docs/reference/seamline-toml.md"
) -> Malformed:
    return Malformed(Where(source=source, inside=key), expected=expected, got=repr(got)[:100], hint=hint)


def _check_keys(table: Mapping[str, Any], kind: str, source: str, path: str = "") -> None:
    for key in table:
        if key not in _KEYS[kind]:
            from difflib import get_close_matches  # noqa: PLC0415 - only a mistyped key needs it

            near = get_close_matches(key, _KEYS[kind], n=1)
            raise Malformed(
                Where(source=source, inside=f"{path}{key}"),
                expected=f"one of {', '.join(_KEYS[kind])}",
                got=repr(key)[:100],
                hint=f"did you mean {near[0]}?" if near else "docs/reference/seamline-toml.md",
            )


def _table(document: Mapping[str, Any], key: str, source: str) -> dict[str, Any]:
    found = document.get(key, {})
    if not isinstance(found, dict):
        raise _bad(source, key, "a table", found)
    return found


def _list(document: Mapping[str, Any], key: str, source: str) -> list[dict[str, Any]]:
    found = document.get(key, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise _bad(source, key, "tables written [[ignore]]", found)
    return found


def _texts(table: Mapping[str, Any], key: str, source: str, path: str) -> tuple[str, ...]:
    found = table.get(key, [])
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise _bad(source, f"{path}.{key}", "a list of texts", found)
    return tuple(found)


def _text(table: Mapping[str, Any], key: str, source: str, path: str) -> str:
    found = table.get(key, "")
    if not isinstance(found, str):
        raise _bad(source, f"{path}.{key}", "a text", found)
    return found


def _side(text: str, source: str, key: str) -> Side:
    if text not in _SIDES:
        raise _bad(source, key, "system, application or unknown", text)
    return _SIDES[text]


def _team(name: str, table: object, source: str) -> Team:
    path = f"teams.{name}"
    if not isinstance(table, dict):
        raise _bad(source, path, "a table", table)
    _check_keys(table, "teams.*", source, f"{path}.")
    deadlines = table.get("deadlines", {})
    if not isinstance(deadlines, dict):
        raise _bad(source, f"{path}.deadlines", "a table", deadlines)
    return Team(
        name=name,
        sides=tuple(_side(text, source, f"{path}.sides") for text in _texts(table, "sides", source, path)),
        bases=_texts(table, "bases", source, path),
        contact=_text(table, "contact", source, path),
        days=_days(deadlines, source, f"{path}.deadlines", {}),
    )


def _days(table: Mapping[str, Any], source: str, path: str, defaults: Mapping[Severity, int | None]) -> Days:
    _check_keys(table, "deadlines", source, f"{path}.")
    found = dict(defaults)
    kev = None
    for key, value in table.items():
        if value is not False and (
            isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 3650
        ):
            raise _bad(source, f"{path}.{key}", "days from 0 to 3650, or false for no deadline", value)
        if key == "kev":
            kev = None if value is False else value
        else:
            found[Severity(key)] = None if value is False else value
    return Days(by_severity=found, kev=kev)


def _ignore(table: Mapping[str, Any], path: str, source: str) -> Ignore:
    _check_keys(table, "ignore", source, f"{path}.")
    texts = {
        key: _text(table, key, source, path)
        for key in ("id", "package", "path", "image", "side", "reason", "status", "justification")
    }
    status, justification = texts["status"] or "affected", texts["justification"]
    if status not in _STATUSES:
        raise _bad(source, f"{path}.status", f"one of {', '.join(_STATUSES)}", status)
    if justification and (status != "not_affected" or justification not in _JUSTIFICATIONS):
        raise _bad(
            source,
            f"{path}.justification",
            f"one of {', '.join(_JUSTIFICATIONS)}, with status not_affected",
            justification,
        )
    if not texts["id"].strip():
        raise _bad(source, f"{path}.id", "an advisory's id", texts["id"])
    if not texts["reason"].strip():
        raise _bad(source, f"{path}.reason", "a reason", texts["reason"], hint="say why it does not count")
    return Ignore(
        id=texts["id"].strip(),
        reason=" ".join(texts["reason"].split()),
        until=_day(table.get("until"), source, f"{path}.until"),
        package=texts["package"],
        path=texts["path"].lstrip("/"),
        image=texts["image"],
        side=_side(texts["side"], source, f"{path}.side") if texts["side"] else None,
        source=source,
        status=status,
        justification=justification,
    )


def _day(value: object, source: str, path: str) -> str:
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise _bad(
            source, path, "a day such as 2026-12-31", value, hint="say until when it does not count"
        ) from None


def side_named(text: str) -> Side | None:
    """The side that a word means, small or large; None where it means none."""
    return _SIDES.get(text.strip().lower())
