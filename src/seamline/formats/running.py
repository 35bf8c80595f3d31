"""What runs somewhere: `kubectl get pods -o json`, `docker inspect`, `docker ps` as a table or in JSON, and the same of podman,
nerdctl and `docker compose`; `crictl ps -o json`; the answer of an engine's own API.

Source: Kubernetes API v1 PodStatus; CRI API v1 ListContainersResponse; Docker Engine API v1.48 ContainerInspect, ContainerList;
docker CLI, "Format the output"; podman 4.3, nerdctl 2.1 and docker compose 2.38 as they print.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from seamline.errors import Malformed
from seamline.expression import expression
from seamline.formats.json_document import mapping, mappings, parse_json, string
from seamline.model.day import day_of

MOST_BYTES = 256 << 20
_KUBECTL = "kubectl get pods -A -o json | seamline running -"
_DOCKER = "docker ps | seamline running -"
_CRICTL = "crictl ps -o json | seamline running -"
_HEAD = expression(r"\S+(?: \S+)*")
_MOST_DEPTH = 4  # a list of lists of pods
_ID = expression(r"(sha256:)?[0-9a-f]{12,64}")


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


def parse_running(data: bytes, source: str = "stdin") -> tuple[Running, ...]:
    """Every container, in the order of the document.

    Raises:
        Malformed, Bomb: it is none of these forms.
    """
    text = data.lstrip(b"\xef\xbb\xbf").strip()
    if not text.startswith((b"{", b"[")):
        return tuple(_table(text.decode("utf-8", "replace"), source))
    try:
        documents: list[Any] = [parse_json(text, dict[str, Any] | list[Any], source, MOST_BYTES)]  # type: ignore[arg-type]
    except Malformed:
        if text.startswith(b"["):  # no line of it alone says what is wrong with it
            raise
        documents = [
            parse_json(line, dict[str, Any], source, MOST_BYTES) for line in text.splitlines() if line.strip()
        ]
    found = tuple(each for document in documents for each in _containers(document))
    if not found and not all(map(_is_idle, documents)):
        raise _unlike(documents, source)
    return found


def _is_idle(document: Any) -> bool:
    """Whether it lists nothing, or pods of which none runs yet."""
    if isinstance(document, Mapping):
        if _is_pod(document):
            return True
        document = next((document[name] for name in ("items", "containers") if name in document), None)
    return isinstance(document, list) and all(
        isinstance(each, Mapping) and _is_pod(each) for each in document
    )


def _unlike(documents: list[Any], source: str) -> Malformed:
    """What was given instead, and the command that gives the right thing."""
    items = [
        each for document in documents for each in (document if isinstance(document, list) else [document])
    ]
    first = mapping(items[0]) if items else {}
    inner = mappings(first.get("items"))
    kinds = sorted({string(each.get("kind")) for each in inner or [first]} - {""})
    if "RootFS" in first or "RepoTags" in first or "Repository" in first:
        return _refused("images, not containers", _DOCKER, source)
    return _refused(f"{', '.join(kinds)}: no pods" if kinds else "no containers", _KUBECTL, source)


def _refused(got: str, command: str, source: str) -> Malformed:
    return Malformed(
        source,
        expected="containers, as docker ps, docker inspect, podman, nerdctl, crictl or kubectl get pods tell them",
        got=got,
        hint=f"for example {command}",
    )


def _is_pod(document: Mapping[str, Any]) -> bool:
    return document.get("kind") == "Pod" or (
        "kind" not in document
        and "spec" in document
        and isinstance(mapping(document.get("spec")).get("containers"), list)
    )


def _containers(document: Any, depth: int = 0) -> Iterator[Running]:
    inner = document.get("items") if isinstance(document, Mapping) else document
    if isinstance(inner, list):
        for each in inner if depth < _MOST_DEPTH else ():
            yield from _containers(each, depth + 1)
    elif isinstance(document, Mapping):
        if _is_pod(document):
            yield from _pod(document)
        elif isinstance(document.get("containers"), list):
            yield from (_of_cri(each) for each in mappings(document["containers"]) if "imageRef" in each)
        elif isinstance(document.get("Config"), Mapping) and "RootFS" not in document:
            yield _inspected(document)
        elif isinstance(document.get("Image"), str):
            yield _listed(document)


def _pod(pod: Mapping[str, Any]) -> Iterator[Running]:
    spec, status, about = mapping(pod.get("spec")), mapping(pod.get("status")), mapping(pod.get("metadata"))
    name = f"{string(about.get('namespace')) or 'default'}/{string(about.get('name'))}"
    for kind in ("initContainer", "container", "ephemeralContainer"):
        asked = {string(each.get("name")): each for each in mappings(spec.get(f"{kind}s"))}
        for each in mappings(status.get(f"{kind}Statuses")):
            container = string(each.get("name"))
            wanted = asked.get(container, {})
            image = string(wanted.get("image")) or string(each.get("image"))
            yield Running(
                where=f"{name}/{container}",
                image=image,
                digest=_digest(string(each.get("imageID"))),
                pulls_on_restart=string(wanted.get("imagePullPolicy")) == "Always",
            )


def _of_cri(container: Mapping[str, Any]) -> Running:
    """One of `crictl ps -o json`. The node knows images by their ids; the name that was asked for came with Kubernetes 1.29."""
    labels, image = mapping(container.get("labels")), mapping(container.get("image"))
    pod = [string(labels.get(f"io.kubernetes.pod.{each}")) for each in ("namespace", "name")]
    name = string(mapping(container.get("metadata")).get("name")) or string(container.get("id"))[:12]
    told, reference = string(image.get("image")), string(container.get("imageRef"))
    named = string(image.get("userSpecifiedImage")) or ("" if _ID.fullmatch(told) else told.partition("@")[0])
    return Running(
        where="/".join(each for each in (*pod, name) if each),
        image=named or (reference.partition("@")[0] if "@" in reference else told or reference),
        digest=_digest(reference) or _digest(told),
        created=_day_of(container.get("createdAt"), 1_000_000_000),
    )


def _inspected(container: Mapping[str, Any]) -> Running:
    descriptor = mapping(container.get("ImageManifestDescriptor"))
    named = string(mapping(container.get("Config")).get("Image"))
    shown = string(container.get("ImageName")) or string(container.get("Image"))
    image = named or ("" if _ID.fullmatch(shown) else shown)
    return Running(
        where=string(container.get("Name")).lstrip("/") or string(container.get("Id"))[:12],
        image=image,
        digest=string(descriptor.get("digest")) or string(container.get("ImageDigest")) or _digest(image),
        created=day_of(string(container.get("Created"))),
    )


def _listed(container: Mapping[str, Any]) -> Running:
    """A row of `docker ps --format json`, also of podman, nerdctl and compose, or of the engine's own list."""
    names = container.get("Names")
    name = string(names[0]) if isinstance(names, list) and names else string(names)
    return _row(
        name.lstrip("/")
        or string(container.get("Name"))
        or string(container.get("ID") or container.get("Id"))[:12],
        string(container.get("Image")),
        created=day_of(string(container.get("CreatedAt"))) or _day_of(container.get("Created"), 1),
        age=string(container.get("RunningFor")),
        digest=string(mapping(container.get("ImageManifestDescriptor")).get("digest")),
    )


def _table(text: str, source: str) -> Iterator[Running]:
    """The rows of a table whose columns stand below their heads.

    Raises:
        Malformed: it is no such table, or one that tells no images.
    """
    head, *rows = text.splitlines() or [""]
    starts = [match.start() for match in _HEAD.finditer(head)]
    names = [match[0] for match in _HEAD.finditer(head)]
    if "IMAGE" not in names or not {"NAMES", "NAME", "CONTAINER ID"}.intersection(names) or "POD ID" in names:
        raise _no_table(head, names, source)
    for row in rows:
        ends = [*starts[1:], len(row)]
        cells = {name: row[at:end].strip() for name, at, end in zip(names, starts, ends, strict=True)}
        where = cells.get("NAMES") or cells.get("NAME") or cells.get("CONTAINER ID", "")
        if cells["IMAGE"]:
            yield _row(where, cells["IMAGE"], created="", age=cells.get("CREATED", ""))


def _no_table(head: str, names: list[str], source: str) -> Malformed:
    if "POD ID" in names:
        return _refused("a table of crictl, which cuts names off", _CRICTL, source)
    if "READY" in names:
        return _refused("a table of kubectl, which tells no images", _KUBECTL, source)
    if "REPOSITORY" in names:
        return _refused("images, not containers", _DOCKER, source)
    if head.startswith(("apiVersion:", "items:", "---")):
        return _refused("YAML", _KUBECTL, source)
    return _refused(repr(head[:40]) if head else "nothing", _DOCKER, source)


def _row(where: str, image: str, *, created: str, age: str, digest: str = "") -> Running:
    return Running(
        where=where,
        image=image,
        digest=digest or _digest(image),
        created=created,
        age_days=_days(age),
        is_unnamed=bool(_ID.fullmatch(image)),
    )


_UNITS = {"day": 1, "week": 7, "month": 30, "year": 365}


def _days(age: str) -> int | None:
    """`5 months ago` is at least 150 days. Source: docker/go-units, HumanDuration, which cuts off."""
    if not age:
        return None
    match = re.match(r"(\d{1,4}) (day|week|month|year)s?\b", age)
    return int(match[1]) * _UNITS[match[2]] if match else 0


def _day_of(moment: object, a_second: int) -> str:
    """The date of a Unix time in seconds or parts of them, which CRI writes as a text."""
    try:
        seconds = int(moment) // a_second if isinstance(moment, int | str) else 0
        return datetime.fromtimestamp(seconds, UTC).date().isoformat() if seconds > 0 else ""
    except (ValueError, OverflowError, OSError):
        return ""


def _digest(text: str) -> str:
    at = text.rfind("sha256:")
    return text[at:] if at >= 0 and "@" in text else ""
