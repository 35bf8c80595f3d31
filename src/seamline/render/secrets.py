"""Secrets as a reader of a language calls them: their kinds, and where they stand."""

from __future__ import annotations

import msgspec

from seamline.model.secret import SecretLine, secret_place
from seamline.render.words import secret_name


def kind_told(line: SecretLine, language: str) -> str:
    """What kind of secret it is."""
    return secret_name("kind", line.kind, language)


def place_told(line: SecretLine, language: str) -> str:
    """Where it stands: a file by its path, a setting by what it is and its name."""
    if line.place == "file":
        return secret_place(line)
    return secret_place(msgspec.structs.replace(line, place=secret_name("place", line.place, language)))
