"""OpenPGP signatures checked by what was made for it: gpgv, sqv, or the library pysequoia. None of them means refused.

Source: RFC 9580, 6.2 (armour) and 7 (cleartext signatures).
"""

from __future__ import annotations

import base64
import binascii
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from seamline.errors import MissingTool, Refused
from seamline.expression import expression

Key = Path | str
"""A keyring file, or an armoured key as it stands in a source's own text."""

_SECONDS = 60
_ARMOUR = expression(
    r"-----BEGIN PGP PUBLIC KEY BLOCK-----\n(?:[\w-]+:[^\n]*\n)*\n?(.*?)\n(?:=[\w+/]{4}\n)?-----END PGP PUBLIC KEY BLOCK-----",
    re.DOTALL,
)


def verify_inline(message: bytes, keys: Sequence[Key], where: str) -> None:
    """Returns only where one of the keys signed the clear-signed message.

    Raises:
        Refused: nobody did, or there is no key.
        MissingTool: neither gpgv nor sqv is installed, nor pysequoia.
    """
    shown = ", ".join(str(key) if isinstance(key, Path) else "the source's own key" for key in keys) or "none"
    rings = [ring for key in keys if (ring := _binary(key, where))]
    if not rings:
        raise Refused(
            where,
            expected="a keyring to check the signature with",
            got=shown,
            hint="name one: signed-by in the source",
        )
    fault = _by_program(message, rings) if _program() else _by_library(message, rings)
    if fault is not None:
        raise Refused(
            where,
            expected=f"a signature by {shown}",
            got=fault[:200] or "a bad one",
            hint="is this the right keyring, and the archive the right one?",
        )


def _binary(key: Key, where: str) -> bytes:
    """The key packets, taken out of their armour; empty where no such file is."""
    if isinstance(key, str):
        return _dearmoured(key, where)
    if not key.is_file():
        return b""
    data = key.read_bytes()
    return _dearmoured(data.decode("latin-1"), str(key)) if data.startswith(b"-----BEGIN PGP") else data


def _dearmoured(text: str, where: str) -> bytes:
    blocks = _ARMOUR.findall(text.replace("\r\n", "\n"))
    try:
        return b"".join(base64.b64decode("".join(block.split()), validate=True) for block in blocks)
    except binascii.Error as fault:
        raise Refused(
            where, expected="an armoured public key", got=str(fault), hint="export the key anew"
        ) from fault


def _program() -> str:
    return next((name for name in ("gpgv", "sqv") if shutil.which(name)), "")


def _by_program(message: bytes, rings: Sequence[bytes]) -> str | None:
    """None where the signature holds, else what the program said."""
    with tempfile.TemporaryDirectory(prefix="seamline-") as name:
        folder = Path(name)
        signed = folder / "InRelease"
        signed.write_bytes(message)
        words = [word for path in _written(folder, rings) for word in ("--keyring", str(path))]
        command = {
            "gpgv": ["gpgv", "--quiet", *words, str(signed)],
            "sqv": ["sqv", *words, "--cleartext", str(signed)],
        }
        done = subprocess.run(command[_program()], capture_output=True, timeout=_SECONDS, check=False)
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return None if done.returncode == 0 else said[-1] if said else ""


def _written(folder: Path, rings: Sequence[bytes]) -> Iterator[Path]:
    for number, ring in enumerate(rings):
        path = folder / f"keyring-{number}.gpg"
        path.write_bytes(ring)
        yield path


def _by_library(message: bytes, rings: Sequence[bytes]) -> str | None:
    """The same with pysequoia, which takes the certificates that may sign and fails where none did."""
    try:
        from pysequoia import Cert, verify  # noqa: PLC0415 - an extra that few installations carry
    except ImportError as fault:
        raise MissingTool(
            "PATH",
            expected="gpgv or sqv, or the package pysequoia",
            got="none of them",
            hint="apt-get install gpgv, or pip install 'seamline[openpgp]'",
        ) from fault
    try:
        certificates = [certificate for ring in rings for certificate in Cert.split_bytes(ring)]
        verify(message, lambda _: certificates)
    except RuntimeError as fault:
        return str(fault).partition("\n")[0]
    return None
