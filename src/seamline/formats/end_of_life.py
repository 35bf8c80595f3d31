"""When products end. Source: endoflife.date, its API v1 (`/api/v1/products/full`) and the front matter of its pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seamline.errors import Malformed
from seamline.formats.exploitation import MOST_BYTES, unpacked
from seamline.formats.json_document import parse_json
from seamline.model.advisory import Cycle
from seamline.model.day import UNDATED, day_of


def parse_end_of_life(data: bytes) -> dict[str, tuple[Cycle, ...]]:
    """The release cycles by product. One that has ended on a day that nobody noted has the day UNDATED.

    Raises:
        Malformed, Bomb: it is neither of the two forms.
    """
    document = parse_json(unpacked(data, "ends of life"), dict[str, Any], "ends of life", MOST_BYTES)
    result = document.get("result")
    products = (
        {str(each.get("name", "")): each for each in result if isinstance(each, dict)}
        if isinstance(result, list)
        else document
    )
    found = {name: _cycles(name, each) for name, each in products.items() if isinstance(each, Mapping)}
    if not any(found.values()):
        raise Malformed(
            "ends of life", expected="products with releases", got="none", hint="download it again"
        )
    return {name: cycles for name, cycles in found.items() if cycles}


def _cycles(product: str, page: Mapping[str, Any]) -> tuple[Cycle, ...]:
    releases = page.get("releases")
    if not isinstance(releases, list):
        return ()
    return tuple(
        Cycle(
            product=product,
            cycle=str(each.get("releaseCycle") or each.get("name") or ""),
            released=_day(each.get("releaseDate")),
            ends=_end(each, "eol", "eolFrom", "isEol"),
            extended_ends=_end(each, "eoes", "eoesFrom", "isEoes"),
            latest=_latest(each.get("latest")),
            renewed=_renewed(each),
        )
        for each in releases
        if isinstance(each, Mapping)
    )


def _end(release: Mapping[str, Any], plain: str, since: str, flag: str) -> str:
    for name in (plain, since):
        if day := _day(release.get(name)):
            return day
    return UNDATED if release.get(plain) is True or release.get(flag) is True else ""


def _latest(value: object) -> str:
    if isinstance(value, Mapping):
        value = value.get("name")
    return value[:60] if isinstance(value, str) else ""


def _renewed(release: Mapping[str, Any]) -> str:
    latest = release.get("latest")
    return _day(latest.get("date") if isinstance(latest, Mapping) else release.get("latestReleaseDate"))


def _day(value: object) -> str:
    return day_of(value) if isinstance(value, str) else ""
