"""OpenPGP signatures checked by a program made for it: gpgv, or sqv. None installed means refused."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from seamline.errors import MissingTool, Refused

_SECONDS = 60


def verify_inline(message: bytes, keyrings: Sequence[Path], where: str) -> None:
    """Returns only where a key of one of the keyrings signed the clear-signed message.

    Raises:
        Refused: nobody did, or no keyring is there.
        MissingTool: neither gpgv nor sqv is installed.
    """
    present = [keyring for keyring in keyrings if keyring.is_file()]
    if not present:
        raise Refused(
            where,
            expected="a keyring to check the signature with",
            got=", ".join(map(str, keyrings)) or "none",
            hint="name one: signed-by in the source",
        )
    with tempfile.TemporaryDirectory(prefix="seamline-") as folder:
        signed = Path(folder, "InRelease")
        signed.write_bytes(message)
        done = subprocess.run(_command(present, signed), capture_output=True, timeout=_SECONDS, check=False)
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise Refused(
            where,
            expected=f"a signature by {', '.join(map(str, present))}",
            got=said[-1][:200] if said else "a bad one",
            hint="is this the right keyring, and the archive the right one?",
        )


def _command(keyrings: Sequence[Path], signed: Path) -> list[str]:
    if shutil.which("gpgv"):
        rings = [word for keyring in keyrings for word in ("--keyring", str(keyring))]
        return ["gpgv", "--quiet", *rings, str(signed)]
    if shutil.which("sqv"):
        rings = [word for keyring in keyrings for word in ("--keyring", str(keyring))]
        return ["sqv", *rings, "--cleartext", str(signed)]
    raise MissingTool("PATH", expected="gpgv or sqv", got="neither", hint="apt-get install gpgv")
