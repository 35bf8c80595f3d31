"""What is attached to an image, read as far as it is needed and checked against the keys that the user trusts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from seamline.effects.given import is_piped, read_given, shown_as
from seamline.effects.settings_files import nearest_settings
from seamline.errors import SeamlineError, Where
from seamline.formats.in_toto import PROVENANCE
from seamline.model.evidence import Gap, Message
from seamline.model.image import Attached, Image

if TYPE_CHECKING:
    from seamline.trust.judge import Opened
    from seamline.trust.keys import TrustedKey

_MOST_KEY_BYTES = 1 << 16


class Trust(msgspec.Struct, frozen=True, kw_only=True):
    """Whom the user trusts: key files, and a settings file that may name more ("" for the nearest)."""

    files: tuple[Path, ...] = ()
    settings: str = ""


def keys_of(trust: Trust) -> tuple[TrustedKey, ...]:
    """The trusted keys, each named as its file is.

    Raises:
        NotFound, Malformed: a file cannot be read, or holds no public key.
        MissingTool: the package that checks signatures is not installed.
    """
    files = dict.fromkeys((*trust.files, *_named_in_settings(trust.settings)))
    if not files:
        return ()
    from seamline.trust.keys import parse_key  # noqa: PLC0415 - only who trusts keys needs it

    return tuple(parse_key(read_given(str(path), _MOST_KEY_BYTES), shown_as(str(path))) for path in files)


def _named_in_settings(named: str) -> tuple[Path, ...]:
    """The key files of [trust] in the settings; relative ones lie beside it."""
    path = Path(named) if named else nearest_settings(Path.cwd())
    if path is None:
        return ()
    from seamline.verbs.settled import settings_of  # noqa: PLC0415 - only who has settings needs it

    # those of a pipe lie beside nothing: the current folder is as near as it gets
    folder = Path() if is_piped(named) else path.parent
    return tuple(folder / each for each in settings_of(str(path)).trusted_keys)


def with_statements(image: Image, keys: Sequence[TrustedKey]) -> Image:
    """The image with the build's own accounts of it, and with keys also with a verdict on each attachment.

    What cannot be read costs nothing but what it would tell: it is a gap.
    """
    if not image.attached:
        return image
    from seamline.trust.judge import judge  # noqa: PLC0415 - most images have nothing attached

    attached = (*image.attached, *_about_statements(image)) if keys else image.attached
    opened = [_opened(each, keyed=bool(keys)) for each in attached]
    digests = [digest for digest in (image.digest, image.index_digest) if digest]
    judged = judge(opened, digests, keys)
    return msgspec.structs.replace(
        image,
        attached=judged.attached,
        statements=judged.statements,
        gaps=(*image.gaps, *(_gap(each, image) for each in opened if each.problem)),
    )


def _about_statements(image: Image) -> tuple[Attached, ...]:
    """The signatures of the statements that the index lists."""
    return tuple(
        about for each in image.attached if each.in_index for about in image.list_attached(each.line.digest)
    )


def _opened(attached: Attached, *, keyed: bool) -> Opened:
    """Without keys only accounts of the build are worth reading: they may name the base."""
    from seamline.trust.judge import Opened  # noqa: PLC0415 - as above

    predicate = attached.line.predicate_type
    told = attached.in_index or (
        attached.line.kind == "attestation" and (not predicate or predicate.startswith(PROVENANCE))
    )
    if not keyed and not told:
        return Opened(attached=attached)
    try:
        return Opened(attached=attached, documents=attached.read())
    except (SeamlineError, OSError) as fault:
        return Opened(attached=attached, problem=str(fault)[:200])


def _gap(each: Opened, image: Image) -> Gap:
    args = {"digest": each.attached.line.digest, "why": each.problem}
    return Gap(where=Where(source=image.reference), message=Message("attestation-not-read", args))
