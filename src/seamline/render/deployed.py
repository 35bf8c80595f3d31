"""What a deployment has: every workload, which of them run the image, and what was read for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seamline.model.deployment import Deployment, WorkloadLine
from seamline.render.layout import left, plain, width, wrapped
from seamline.render.words import say, word

_MOST = 12


def write_deployment(found: Deployment, language: str, columns: int) -> Iterator[str]:
    """The lines of a terminal: what was read, how many run the image, then each with its image."""
    read = f"{word('deployment', language)}{word('colon', language)}{_files(found, language)}"
    yield from wrapped(read.split(), columns)
    for text in deployment_notes(found, language):
        yield from (f" {line}" for line in wrapped(text.split(), columns - 1))
    for name, lines in (("deployment-judged", _judged(found)), ("deployment-other", _others(found))):
        head = f" {left(word(name, language), 15)} "
        texts = [workload_text(each, language) for each in lines[:_MOST]]
        if len(lines) > _MOST:
            texts.append(word("deployment-more", language, number=len(lines) - _MOST))
        for text in texts:
            for line in wrapped(text.split(), columns - width(head)):
                yield f"{head}{line}"
                head = " " * width(head)


def deployment_notes(found: Deployment, language: str) -> Iterator[str]:
    """What was taken without being named, and how many of the workloads run the image."""
    if found.taken:
        yield word("deployment-taken", language, files=", ".join(found.taken))
    judged = len(_judged(found))
    yield word("deployment-workloads", language, number=len(found.workloads), judged=judged)


def workload_text(each: WorkloadLine, language: str) -> str:
    """Its place and image, and why it was judged or not where that is no matter of course."""
    why = f": {say(each.why, language)}" if each.why is not None else ""
    role = f", {each.role}" if each.role else ""
    return plain(f"{each.where} ({each.image or '-'}{role}){why}")


def _files(found: Deployment, language: str) -> str:
    return plain(word("comma", language).join(found.files or found.given))


def _judged(found: Deployment) -> Sequence[WorkloadLine]:
    return [each for each in found.workloads if each.is_judged]


def _others(found: Deployment) -> Sequence[WorkloadLine]:
    return [each for each in found.workloads if not each.is_judged]
