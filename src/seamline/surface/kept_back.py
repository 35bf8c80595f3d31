"""What an image's settings keep as it is: pins of apt, versions that apk's world insists on, packages that dnf leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from seamline.formats.apkdb import parse_world
from seamline.formats.apt import parse_apt_conf
from seamline.formats.apt_preferences import (
    Preference,
    default_release,
    is_preferences,
    parse_preferences,
)
from seamline.model.package_source import Keep

_DEFAULT_RELEASE = "apt::default-release"
_WORLD = b"etc/apk/world"


def kept_back(texts: Mapping[bytes, bytes]) -> tuple[Keep, ...]:
    """Every such setting, file by file."""
    return (*_apt(texts), *_apk(texts))


def _apt(texts: Mapping[bytes, bytes]) -> Iterator[Keep]:
    for path, data in sorted(texts.items()):
        name, text = _text(path), _text(data)
        if is_preferences(name):
            yield from (_pin(each, name) for each in parse_preferences(text))
        elif name == "etc/apt/apt.conf" or name.startswith("etc/apt/apt.conf.d/"):
            for setting, value in parse_apt_conf(text):
                if setting == _DEFAULT_RELEASE and value:
                    yield _pin(default_release(value, _line_with(text, value)), name)


def _pin(preference: Preference, path: str) -> Keep:
    what = f"host={preference.what}" if preference.kind == "origin" else preference.what
    return Keep(
        kind="version" if preference.kind == "version" else "release",
        packages=preference.packages,
        what=what,
        path=path,
        line=preference.line,
        priority=preference.priority,
    )


def _line_with(text: str, value: str) -> int:
    return next((at for at, line in enumerate(text.splitlines(), 1) if value in line), 0)


def _apk(texts: Mapping[bytes, bytes]) -> Iterator[Keep]:
    for wish in parse_world(_text(texts.get(_WORLD, b""))):
        if wish.bound or wish.tag:
            what = wish.bound or f"@{wish.tag}"
            yield Keep(
                kind="constraint" if wish.bound else "tag",
                packages=(wish.name,),
                what=what,
                path=_text(_WORLD),
                line=wish.line,
            )


def _text(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")
