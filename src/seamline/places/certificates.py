"""Certificates for one registry, as container tools keep them: `certs.d/HOST[:PORT]`, `*.crt` to trust, and pairs of
`*.cert` and `*.key` to show.

Source: Docker, "Verify repository client with certificates"; containers-certs.d(5).
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from seamline.effects.wire import Certificates
from seamline.formats.reference import RegistryName

_FOLDERS = ("~/.config/containers", "/etc/containers", "~/.config/docker", "/etc/docker")


def find_certificates(name: RegistryName) -> Certificates:
    """What every tool's folder holds for the registry."""
    found = Certificates()
    for folder in _FOLDERS:
        for host in dict.fromkeys((name.registry, name.host)):
            found = joined(found, certificates_in(Path(folder).expanduser() / "certs.d" / host))
    return found


def certificates_in(folder: Path) -> Certificates:
    """The certificates in a folder of certs.d; none where there is no such folder, or it may not be read."""
    try:
        paths = sorted(folder.iterdir())
    except OSError:
        return Certificates()
    return Certificates(
        trusted=tuple(str(path) for path in paths if path.suffix == ".crt"),
        shown=tuple((str(path), str(path.with_suffix(".key"))) for path in paths if path.suffix == ".cert"),
    )


def joined(first: Certificates, second: Certificates) -> Certificates:
    """The certificates of both, each once."""
    return msgspec.structs.replace(
        first,
        trusted=tuple(dict.fromkeys(first.trusted + second.trusted)),
        shown=tuple(dict.fromkeys(first.shown + second.shown)),
    )
