"""How an image is run: a Kubernetes manifest, a compose file or a run line, and which of its containers run the image."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from seamline.effects.disk import read_regular
from seamline.errors import Malformed, NotFound
from seamline.formats import compose_extends, compose_file, kubernetes
from seamline.formats.run_line import parse_run_line
from seamline.formats.yaml_document import parse_yaml
from seamline.model.seam import full_name, repository_of
from seamline.model.workload import Workload

_MOST_BYTES = 4 << 20
_ENGINES = ("docker", "podman", "nerdctl", "sudo")
_RUN_LINE = re.compile(r"(?<![\w#/-])(?:docker|podman|nerdctl)\s+(?:container\s+)?(?:run|create)\s.*")
_HINT = "a Kubernetes manifest, a compose file, or 'docker run ...'"


def read_deployment(text: str) -> tuple[Workload, ...]:
    """The containers that a file or a run line tells of.

    Raises:
        NotFound: it is neither a file nor a run line.
        Malformed: the file tells of no container.
    """
    words = text.split()
    first = next((word for word in words if "=" not in word), "")
    is_line = len(words) > 1 and first.rpartition("/")[2] in _ENGINES
    if is_line and not os.path.exists(text):  # noqa: PTH110 - any text, also one too long for a path
        return (parse_run_line(text, "run line"),)
    path = Path(text)
    if not os.path.exists(text):  # noqa: PTH110 - as above
        raise NotFound(text, expected="a file or a run line", got="neither", hint=_HINT)
    data = read_regular(path, _MOST_BYTES)
    found = (
        _in_script(data, text)
        if path.suffix == ".sh" or data.startswith(b"#!")
        else _in_documents(data, text)
    )
    if not found:
        raise Malformed(text, expected="a container", got="none", hint=_HINT)
    return tuple(found)


def _in_documents(data: bytes, source: str) -> list[Workload]:
    found: list[Workload] = []
    for document in parse_yaml(data, source):
        if kubernetes.is_manifest(document):
            found += kubernetes.workloads_of(document, source)
        elif compose_file.is_compose(document):
            whole = compose_extends.extended(document, source, _read_beside)
            found += compose_file.workloads_of(whole, source)
    return found


def _read_beside(name: str) -> Any:
    """The first document of a compose file that another names."""
    if not os.path.exists(name):  # noqa: PTH110 - any text
        raise NotFound(
            name,
            expected="the file that extends names",
            got="none",
            hint="is the path right, is the copy whole?",
        )
    return next(iter(parse_yaml(read_regular(Path(name), _MOST_BYTES), name)), None)


def _in_script(data: bytes, source: str) -> list[Workload]:
    """The run lines of a shell script."""
    lines = data.decode("utf-8", "replace").replace("\\\n", " ").splitlines()
    return [parse_run_line(found.group(), source) for line in lines if (found := _RUN_LINE.search(line))]


def running(workloads: Iterable[Workload], names: Iterable[str], source: str) -> tuple[Workload, ...]:
    """Those that run an image with one of these names; the only one there is where no name tells.

    Raises:
        NotFound: there are several, and none runs the image.
    """
    found = tuple(workloads)
    wanted = {full_name(name) for name in names if name}
    exact = tuple(each for each in found if each.image and full_name(each.image) in wanted)
    repositories = {repository_of(name) for name in wanted}
    near = tuple(
        each for each in found if each.image and repository_of(full_name(each.image)) in repositories
    )
    if exact or near:
        return exact or near
    if len(found) == 1:
        return found
    images = ", ".join(dict.fromkeys(each.image or each.name for each in found))
    raise NotFound(
        source, expected="a container that runs the image", got=images, hint="name the image as the file does"
    )
