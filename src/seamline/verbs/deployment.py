"""How an image is run: Kubernetes manifests, compose files or run lines, and which of their containers run the image."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from seamline.effects.disk import read_regular
from seamline.effects.given import STDIN, read_given, shown_as
from seamline.errors import Malformed, NotFound, Unsupported, Where
from seamline.expression import expression
from seamline.formats import kubernetes
from seamline.formats.compose.load import Project, load_project, overrides_of
from seamline.formats.compose.services import is_compose, workloads_of
from seamline.formats.run_line import parse_run_line, run_lines
from seamline.formats.yaml_document import Marked, parse_marked
from seamline.model.deployment import Deployment, WorkloadLine
from seamline.model.evidence import Gap, Message
from seamline.model.seam import full_name, repository_of
from seamline.model.workload import Workload

_MOST_BYTES = 4 << 20
_ENGINES = ("docker", "podman", "nerdctl", "sudo")
_TEMPLATE = expression(rb"\{\{-?\s*[\w.$\"(/]")
_HINT = "a Kubernetes manifest, a compose file, or 'docker run ...'"
_RENDER = "render it first: helm template CHART > all.yaml"
_BUILD = "build it first: kubectl kustomize FOLDER > all.yaml"
_Files = list[tuple[str, list[Marked]]]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What `--deploy` told: the containers, the files that were read, those that were taken without being named, what could
    not be found out."""

    given: tuple[str, ...]
    workloads: tuple[Workload, ...]
    files: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()


def read_deployment(given: Sequence[str], environment: Mapping[str, str]) -> Told:
    """The containers that files and run lines tell of. Compose files are put together as Compose does, with the variables
    of `environment`; beside a single one that has the name which Compose looks for, so is the override that it takes.

    Raises:
        NotFound: it is neither a file nor a run line.
        Malformed: a file tells of no container, or not in a way that can be read.
        Unsupported: templates that were not rendered.
    """
    found: list[Workload] = []
    composed: _Files = []
    files: dict[str, None] = {}
    for text in given:
        if not text.strip():
            raise NotFound("--deploy", expected="a file or a run line", got="nothing", hint=_HINT)
        if _is_line(text):
            found.append(parse_run_line(text, "run line"))
            continue
        files[text] = None
        workloads, documents = _in_file(text)
        found += workloads
        composed += [(text, documents)] if documents else []
        if not workloads and not documents:
            raise Malformed(text, expected="a container", got="none", hint=_HINT)
    taken = _taken(composed) if len(given) == 1 else None
    if taken is not None:
        composed.append((taken, parse_marked(read_regular(Path(taken), _MOST_BYTES), taken)))
    gaps = tuple(_unknown_ports(found))
    if composed:
        source = "+".join(path for path, _ in composed)
        name = Path(composed[0][0]).absolute().parent.name
        project = load_project(composed, _read, environment, _project_name(name))
        found += workloads_of(project.document, source, project.profiles)
        gaps += tuple(_gaps(project, source))
        files |= dict.fromkeys(project.files)
    if not found:
        raise Malformed(given[0], expected="a container", got="none", hint=_HINT)
    beside = () if taken is None else (taken,)
    return Told(given=tuple(given), workloads=tuple(found), files=tuple(files), taken=beside, gaps=gaps)


def _is_line(text: str) -> bool:
    words = text.split()
    first = next((word for word in words if "=" not in word), "")
    is_line = len(words) > 1 and first.rpartition("/")[2] in _ENGINES
    return is_line and not os.path.exists(text)  # noqa: PTH110 - any text, also one too long for a path


def _in_file(text: str) -> tuple[list[Workload], list[Marked]]:
    """The containers that a manifest or a script tells of, and the documents of a compose file."""
    if not text or (text != STDIN and not os.path.exists(text)):  # noqa: PTH110 - as above
        raise NotFound(text, expected="a file or a run line", got="neither", hint=_HINT)
    data = read_given(text, _MOST_BYTES)
    text = shown_as(text)
    if text.endswith(".sh") or data.startswith(b"#!"):
        return list(run_lines(data.decode("utf-8", "replace"), text)), []
    try:
        documents = parse_marked(data, text)
    except Malformed as fault:
        if _TEMPLATE.search(data):
            raise _template(fault.where) from fault
        raise
    found: list[Workload] = []
    for each in documents:
        if isinstance(each.value, dict) and each.value.get("kind") == "Kustomization":
            raise Unsupported(text, expected="manifests", got="a kustomization", hint=_BUILD)
        if kubernetes.is_manifest(each.value):
            found += kubernetes.workloads_of(each.value, text)
    if any("{{" in each.image for each in found):
        raise _template(Where(source=text))
    return found, documents if any(is_compose(each.value) for each in documents) else []


def _template(where: Where) -> Unsupported:
    return Unsupported(where, expected="a manifest", got="a template that was not rendered", hint=_RENDER)


def _taken(composed: _Files) -> str | None:
    """The override that Compose takes by itself over the only file that is named."""
    paths = [path for path, _ in composed]
    beside = overrides_of(paths[0]) if len(paths) == 1 else ()
    return next((path for path in beside if os.path.isfile(path)), None)  # noqa: PTH113 - as above


def _read(path: str) -> bytes | None:
    if not os.path.isfile(path):  # noqa: PTH113 - any text
        return None
    return read_regular(Path(path), _MOST_BYTES)


def _project_name(folder: str) -> str:
    """What a project without a name of its own is called. Source: Compose specification, project name."""
    return re.sub(r"[^a-z0-9_-]", "", folder.lower()).lstrip("_-")


def _unknown_ports(workloads: Iterable[Workload]) -> Iterator[Gap]:
    for each in workloads:
        if each.unknown_ports:
            message = Message("deployment-ports-unknown", {"ports": ", ".join(each.unknown_ports)})
            yield Gap(where=Where(source=each.where), message=message)


def _gaps(project: Project, source: str) -> Iterator[Gap]:
    if project.unset:
        names = ", ".join(project.unset)
        yield Gap(where=Where(source=source), message=Message("deployment-unset", {"names": names}))
    for path in project.missing:
        yield Gap(where=Where(source=path), message=Message("deployment-variables-missing", {}))


def running(told: Told, names: Iterable[str]) -> tuple[tuple[Workload, ...], Deployment]:
    """Those that run an image with one of these names, the only one there is where no name tells; and what became of all.

    Raises:
        NotFound: there are several, and none runs the image.
    """
    wanted = {full_name(name) for name in names if name}
    repositories = {repository_of(name) for name in wanted}
    exact = [each for each in told.workloads if each.image and full_name(each.image) in wanted]
    near = [
        each
        for each in told.workloads
        if each.image and repository_of(full_name(each.image)) in repositories and each not in exact
    ]
    candidates = exact or near or (list(told.workloads) if len(told.workloads) == 1 else [])
    if not candidates:
        images = ", ".join(dict.fromkeys(each.image or each.name for each in told.workloads))
        raise NotFound(
            " ".join(told.given),
            expected="a container that runs the image",
            got=images,
            hint="name the image as the file does",
        )
    judged = [each for each in candidates if each.starts] or candidates
    lines = tuple(_line(each, is_judged=each in judged, exact=exact, near=near) for each in told.workloads)
    return tuple(judged), Deployment(given=told.given, files=told.files, taken=told.taken, workloads=lines)


def _line(
    workload: Workload, *, is_judged: bool, exact: Sequence[Workload], near: Sequence[Workload]
) -> WorkloadLine:
    return WorkloadLine(
        where=workload.where,
        name=workload.name,
        image=workload.image,
        form=workload.form,
        is_judged=is_judged,
        why=_why(workload, is_judged=is_judged, exact=exact, near=near),
        role=workload.role,
        profiles=workload.profiles,
    )


def _why(
    workload: Workload, *, is_judged: bool, exact: Sequence[Workload], near: Sequence[Workload]
) -> Message | None:
    profiles = {"profiles": ", ".join(workload.profiles)}
    if is_judged and not workload.starts:
        return Message("deployed-by-profile", profiles)
    if workload in exact:
        return None if is_judged else Message("deployed-not-started", profiles)
    if workload in near:
        if not is_judged and not workload.starts:
            return Message("deployed-not-started", profiles)
        return Message("deployed-other-tag", {})
    return Message("deployed-only-one", {}) if is_judged else None
