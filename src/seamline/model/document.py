"""An SBOM that somebody else wrote, as far as it tells what is installed."""

from __future__ import annotations

import msgspec

from seamline.model.evidence import Gap
from seamline.model.package import Distribution, Install


class SbomDocument(msgspec.Struct, frozen=True, kw_only=True):
    """`form` is cyclonedx, spdx, syft or seamline; `subject` the image that it is about, where it says so. Installs of our
    own documents have their side and stratum, others none. `layers` is how many the image has, 0 where nobody tells."""

    form: str
    subject: str
    distribution: Distribution | None
    installs: tuple[Install, ...]
    gaps: tuple[Gap, ...]
    layers: int = 0
