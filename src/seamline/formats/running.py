"""What runs somewhere: the output of `kubectl get pods -o json`, `docker inspect`, `docker ps` as a table or in JSON, and
`podman ps --format json`.

Source: Kubernetes API v1 PodStatus; Docker Engine API v1.48 ContainerInspect; docker CLI, "Format the output".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from seamline.errors import Malformed
from seamline.formats.json_document import parse_json

MOST_BYTES = 256 << 20


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """One container: where it runs, the image as it was asked for, the digest that runs (empty where it is not told), whether
    a restart asks for the image anew, and the day it was made on, or how many days ago at least; empty and None where that
    is not told. `is_unnamed` where the engine shows an id because the name stands for another image by now."""

    where: str
    image: str
    digest: str = ""
    pulls_on_restart: bool = False
    created: str = ""
    age_days: int | None = None
    is_unnamed: bool = False


def parse_running(data: bytes) -> tuple[Running, ...]:
    """Every container, in the order of the document.

    Raises:
        Malformed, Bomb: it is none of these forms.
    """
    text = data.strip()
    if text.startswith(b"CONTAINER ID"):
        return tuple(_table(text.decode("utf-8", "replace")))
    try:
        documents: list[Any] = [parse_json(text, dict[str, Any] | list[Any], "stdin", MOST_BYTES)]  # type: ignore[arg-type]
    except Malformed:
        documents = [
            parse_json(line, dict[str, Any], "stdin", MOST_BYTES)
            for line in text.splitlines()
            if line.strip()
        ]
    found = tuple(each for document in documents for each in _containers(document))
    if not found and not any((isinstance(d, Mapping) and d.get("items") == []) or d == [] for d in documents):
        raise Malformed(
            "stdin",
            expected="kubectl get pods -o json, docker inspect or docker ps",
            got="no containers",
            hint="for example kubectl get pods -A -o json | seamline running -",
        )
    return found


def _containers(document: Any) -> Iterator[Running]:
    if isinstance(document, list):
        for each in document:
            yield from _containers(each)
    elif isinstance(document, Mapping):
        if isinstance(document.get("items"), list):
            for each in document["items"]:
                yield from _containers(each)
        elif document.get("kind") == "Pod" or ("spec" in document and "status" in document):
            yield from _pod(document)
        elif isinstance(document.get("Config"), Mapping):
            yield _inspected(document)
        elif isinstance(document.get("Image"), str):
            yield _listed(document)


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _pod(pod: Mapping[str, Any]) -> Iterator[Running]:
    spec, status, about = _map(pod.get("spec")), _map(pod.get("status")), _map(pod.get("metadata"))
    name = f"{_text(about.get('namespace')) or 'default'}/{_text(about.get('name'))}"
    for kind in ("initContainer", "container", "ephemeralContainer"):
        asked = {_text(each.get("name")): each for each in _list(spec.get(f"{kind}s"))}
        for each in _list(status.get(f"{kind}Statuses")):
            container = _text(each.get("name"))
            wanted = asked.get(container, {})
            image = _text(wanted.get("image")) or _text(each.get("image"))
            yield Running(
                where=f"{name}/{container}",
                image=image,
                digest=_digest(_text(each.get("imageID"))),
                pulls_on_restart=_text(wanted.get("imagePullPolicy")) == "Always",
            )


def _inspected(container: Mapping[str, Any]) -> Running:
    descriptor = _map(container.get("ImageManifestDescriptor"))
    image = _text(_map(container.get("Config")).get("Image"))
    return Running(
        where=_text(container.get("Name")).lstrip("/") or _text(container.get("Id"))[:12],
        image=image,
        digest=_text(descriptor.get("digest")) or _digest(image),
        created=_day(_text(container.get("Created"))),
    )


def _listed(container: Mapping[str, Any]) -> Running:
    """A row of `docker ps --format json` or `podman ps --format json`."""
    names = container.get("Names")
    name = _text(names[0]) if isinstance(names, list) and names else _text(names)
    made = container.get("CreatedAt")
    return _row(
        name or _text(container.get("Name")) or _text(container.get("ID") or container.get("Id"))[:12],
        _text(container.get("Image")),
        created=_day(_text(made)),
        age=_text(container.get("RunningFor")),
    )


def _table(text: str) -> Iterator[Running]:
    """The rows of a table whose columns stand below their heads."""
    head, *rows = text.splitlines()
    starts = [match.start() for match in re.finditer(r"\S+(?: \S+)*", head)]
    names = [match[0] for match in re.finditer(r"\S+(?: \S+)*", head)]
    for row in rows:
        ends = [*starts[1:], len(row)]
        cells = {name: row[at:end].strip() for name, at, end in zip(names, starts, ends, strict=True)}
        where = cells.get("NAMES") or cells.get("CONTAINER ID", "")
        if cells.get("IMAGE"):
            yield _row(where, cells["IMAGE"], created="", age=cells.get("CREATED", ""))


def _row(where: str, image: str, *, created: str, age: str) -> Running:
    return Running(
        where=where,
        image=image,
        digest=_digest(image),
        created=created,
        age_days=_days(age),
        is_unnamed=bool(re.fullmatch(r"(sha256:)?[0-9a-f]{12,64}", image)),
    )


_UNITS = {"day": 1, "week": 7, "month": 30, "year": 365}


def _days(age: str) -> int | None:
    """`5 months ago` is at least 150 days. Source: docker/go-units, HumanDuration, which cuts off."""
    if not age:
        return None
    match = re.match(r"(\d{1,4}) (day|week|month|year)s?\b", age)
    return int(match[1]) * _UNITS[match[2]] if match else 0


def _day(moment: str) -> str:
    """The date that a moment begins with."""
    return moment[:10] if re.match(r"\d{4}-\d\d-\d\d", moment) else ""


def _digest(text: str) -> str:
    at = text.rfind("sha256:")
    return text[at:] if at >= 0 and "@" in text else ""
