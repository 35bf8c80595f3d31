"""Which manifest of an index is meant. Source: OCI image-spec 1.1, image-index.md; containerd platforms, Only()."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from seamline.errors import NotFound, Usage
from seamline.formats.oci.documents import Descriptor
from seamline.model.image import Platform

REFERENCE_TYPE = "vnd.docker.reference.type"
REFERENCE_DIGEST = "vnd.docker.reference.digest"
PREDICATE_TYPE = "in-toto.io/predicate-type"
UNKNOWN = Platform("unknown", "unknown")
"""What statements give as their platform."""

_ARCHITECTURES = {
    "aarch64": ("arm64", ""),
    "x86_64": ("amd64", ""),
    "x86-64": ("amd64", ""),
    "i386": ("386", ""),
    "i486": ("386", ""),
    "i586": ("386", ""),
    "i686": ("386", ""),
    "armhf": ("arm", "v7"),
    "armel": ("arm", "v6"),
}
_FIRST_VARIANT = {"amd64": "v1", "arm64": "v8", "arm": "v7"}

_Choice = TypeVar("_Choice")


def parse_platform(text: str) -> Platform:
    """The platform that a user spells: `linux/arm64/v8` or `linux/arm64`.

    Raises:
        Usage: not two or three words between slashes.
    """
    parts = text.split("/")
    if not 2 <= len(parts) <= 3 or not all(parts):
        raise Usage(
            "--platform", expected="os/arch[/variant]", got=repr(text), hint="for example linux/arm64"
        )
    return normalized(Platform(*parts))


def normalized(platform: Platform) -> Platform:
    """The same platform in one spelling: `linux/aarch64/v8` is `linux/arm64`, `linux/arm` is `linux/arm/v7`."""
    name = platform.architecture.lower()
    architecture, implied = _ARCHITECTURES.get(name, (name, ""))
    variant = platform.variant.lower() or implied
    if variant.isdigit():
        variant = f"v{variant}"
    if architecture == "arm":
        variant = variant or "v7"
    elif variant == _FIRST_VARIANT.get(architecture):
        variant = ""
    return Platform(platform.os.lower(), architecture, variant)


def is_attestation(descriptor: Descriptor) -> bool:
    """Whether it describes a statement about an image, never an image. Source: BuildKit attestation-storage.md."""
    return REFERENCE_TYPE in descriptor.annotations or descriptor.platform == UNKNOWN


def choose_platform(
    candidates: Sequence[tuple[Platform | None, _Choice]],
    wanted: Platform | None,
    machine: Platform,
    where: str,
) -> _Choice:
    """The candidate for `wanted`, else for `machine`; the nearest variant that such a processor runs.

    A lone candidate that names no platform is taken when none was asked for.

    Raises:
        NotFound: no candidate fits; the message lists what is there.
    """
    target = normalized(wanted or machine)
    ranked = [
        (fit, choice)
        for platform, choice in candidates
        if platform is not None and (fit := _fitness(platform, target, strict=wanted is not None)) is not None
    ]
    if ranked:
        return max(ranked, key=lambda each: each[0])[1]
    if wanted is None and len(candidates) == 1 and candidates[0][0] is None:
        return candidates[0][1]
    there = sorted({str(platform) for platform, _ in candidates if platform is not None})
    raise NotFound(
        where,
        expected=f"an image for {target}",
        got=", ".join(there) or "none",
        hint=f"--platform {there[0]}" if there else "the index lists no image",
    )


def fits(platform: Platform, wanted: Platform) -> bool:
    """Whether an image of `platform` is one that the user who asked for `wanted` means."""
    return _fitness(platform, normalized(wanted), strict=True) is not None


def _fitness(platform: Platform, target: Platform, *, strict: bool) -> tuple[int, int, int] | None:
    """How well the platform serves the target, greater is nearer; None when it does not run there."""
    found = normalized(platform)
    if found.os != target.os:
        return None
    if found.architecture == target.architecture:
        level, limit = _level(found), _level(target)
        if level is None or limit is None:
            return (2, 0, 0) if found.variant == target.variant else None
        return (2, *level) if _runs(level, limit, target.architecture) else None
    if strict:
        return None
    if (found.architecture, target.architecture) == ("386", "amd64"):
        return (1, 0, 0)
    if (found.architecture, target.architecture) == ("arm", "arm64"):
        level = _level(found)
        return (1, *level) if level is not None and level <= (8, 0) else None
    return None


def _runs(level: tuple[int, int], limit: tuple[int, int], architecture: str) -> bool:
    """Armv9.N implements Armv8.(N+5). Source: Arm Architecture Reference Manual, A1.2."""
    if architecture == "arm64" and (level[0], limit[0]) == (8, 9):
        return level[1] <= limit[1] + 5
    return level <= limit


def _level(platform: Platform) -> tuple[int, int] | None:
    variant = platform.variant or _FIRST_VARIANT.get(platform.architecture, "")
    major, _, minor = variant.removeprefix("v").partition(".")
    if not major.isdecimal() or not (minor or "0").isdecimal() or len(variant) > 8:
        return None
    return int(major), int(minor or "0")
