"""What the reading commands share: each image opened and seen in turn, with progress, warnings and `--strict`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from functools import partial

import click

from seamline.cli.language import told
from seamline.cli.options import Common
from seamline.cli.progress import reading
from seamline.effects.given import read_given
from seamline.effects.wire import Wire
from seamline.errors import SeamlineError
from seamline.model.image import Image
from seamline.verbs.attested import Trust
from seamline.verbs.gists import Asked
from seamline.verbs.inspect import Seen
from seamline.verbs.session import Session, new_session

GAPS_EXIT = 4
_MOST_LIST_BYTES = 16 << 20
_MARK = b"\xef\xbb\xbf"  # as editors of Windows begin a file


def see_each(
    images: Sequence[str], from_file: str | None, common: Common, deep: Sequence[Asked] = ()
) -> Iterator[Seen]:
    """Every image that the user named, seen, in order; for what `deep` asks for too.

    Raises:
        click.UsageError: none was named.
    """
    session = session_of(common.of_one_platform())
    for text, image in open_each(images, from_file, common, session):
        yield see_one(text, image, common, session, deep)
    tell_warnings(session)


def open_each(
    images: Sequence[str], from_file: str | None, common: Common, session: Session
) -> Iterator[tuple[str, Image]]:
    """Every image that the user named, in order, with its name; each is opened when it is asked for.

    Raises:
        click.UsageError: none was named.
    """
    for text in named(images, from_file):
        for image in session.open_every(text) if common.every_platform else (session.open(text),):
            yield text, image


def named(images: Sequence[str], from_file: str | None) -> list[str]:
    """Every name that the user gave: the arguments, then the lines of a list.

    Raises:
        click.UsageError: none.
    """
    names = [*images, *_listed(from_file)]
    if not names:
        raise click.UsageError("expected at least one IMAGE (no image at hand? seamline demo)")
    return names


def see_one(text: str, image: Image, common: Common, session: Session, deep: Sequence[Asked]) -> Seen:
    """The image, seen, with progress."""
    with reading(text, _size_bytes(image), quiet=common.quiet) as progress:
        return session.see(image, progress, deep)


def tell_warnings(session: Session) -> None:
    """Says what the user should know once every image was read."""
    for warning in session.warnings():
        sys.stderr.write(f"seamline: warning: {warning}\n")


def _size_bytes(image: Image) -> int | None:
    """What there is to read; None where a layer does not tell its size."""
    sizes = [layer.size_bytes for layer in image.layers if layer.size_bytes is not None]
    return sum(sizes) if len(sizes) == len(image.layers) else None


def session_of(common: Common) -> Session:
    """What the shared options ask for."""
    return new_session(
        platform=common.platform,
        no_cache=common.no_cache,
        verify=common.verify,
        jobs=common.jobs,
        ledgers=common.ledgers,
        warn=partial(_warn, common.language),
        trust=Trust(files=common.trusted_keys, settings=common.settings),
        place=common.source,
        lookup_day=common.as_of[:10] if common.lookup and not common.offline else "",
        wire=Wire(insecure=common.insecure, ca_file=common.ca_file, offline=common.offline),
    )


def _warn(language: str, fault: SeamlineError) -> None:
    sys.stderr.write(f"seamline: warning: {told(fault, language)}\n")


def _listed(from_file: str | None) -> list[str]:
    if from_file is None:
        return []
    data = read_given(from_file, _MOST_LIST_BYTES, may_be_empty=True)
    lines = (os.fsdecode(line.strip()) for line in data.removeprefix(_MARK).splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def gaps_exit(gaps: bool, common: Common) -> int:
    """The exit code of a report with or without gaps."""
    return GAPS_EXIT if gaps and common.strict else 0
