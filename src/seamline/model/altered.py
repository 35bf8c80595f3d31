"""Files of packages that no longer hold what their package says."""

from __future__ import annotations

import msgspec

from seamline.model.package import Side


class AlteredLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One visible file whose content differs from its package's own checksum. `layer` is the one that altered it, and
    `side` and `stratum` are of that layer; `is_configuration` where the package lets users change it."""

    path: str
    package: str
    ecosystem: str
    layer: int
    side: Side
    stratum: str
    is_configuration: bool = False
