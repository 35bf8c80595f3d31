"""OSV records and installs as one literal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from seamline.advisories.compile import Compiled, compile_record
from seamline.advisories.gather import gathered
from seamline.formats.osv import parse_osv
from seamline.model.advisory import Advisory, PackageRows
from seamline.model.package import Distribution, Install, Package

BOOKWORM = Distribution(id="debian", version_id="12", codename="bookworm", pretty_name="Debian 12")


def record(
    name: str, ecosystem: str, package: str, *events: Mapping[str, str], **more: Any
) -> dict[str, Any]:
    """One record about one package, as OSV writes it."""
    kind = "SEMVER" if ecosystem in ("npm", "Go", "crates.io", "Bitnami") else "ECOSYSTEM"
    affected = {
        "package": {"ecosystem": ecosystem, "name": package},
        "ranges": [{"type": kind, "events": list(events)}],
    }
    for key in ("versions", "ecosystem_specific"):
        if key in more:
            affected[key] = more.pop(key)
    return {
        "id": name,
        "modified": "2026-01-02T00:00:00Z",
        "published": "2026-01-01T00:00:00Z",
        "affected": [affected],
        **more,
    }


class Shelf:
    """An index in memory."""

    def __init__(self, *records: Mapping[str, Any]) -> None:
        self.compiled: list[Compiled] = []
        for each in records:
            parsed = parse_osv(msgspec.json.encode(each), str(each["id"]))
            for base in sorted(
                {a.package.ecosystem.partition(":")[0] for a in parsed.affected or () if a.package}
            ):
                found = compile_record(parsed, base)
                if found is not None:
                    self.compiled.append(found)

    def affected(self, ecosystem: str, name: str) -> PackageRows:
        return gathered(
            saying
            for each in self.compiled
            for place, package, saying in each.affected
            if (place, package) == (ecosystem, name)
        )

    def advisory(self, _: str, name: str) -> Advisory | None:
        return next((each.advisory for each in self.compiled if each.advisory.id == name), None)


def deb(name: str, version: str, source: str = "", architecture: str = "amd64", **more: Any) -> Install:
    """A Debian 12 package."""
    package = Package(
        architecture=architecture,
        ecosystem="deb",
        namespace="debian",
        name=name,
        version=version,
        source_name=source,
        distribution=BOOKWORM,
    )
    return Install(
        package=package,
        proofs=(b"var/lib/dpkg/status",),
        origin_layer=0,
        current_layer=0,
        found_by="dpkg",
        **more,
    )


def language(ecosystem: str, name: str, version: str, **more: Any) -> Install:
    """A package of a language."""
    package = Package(ecosystem=ecosystem, name=name, version=version, namespace=more.pop("namespace", ""))
    path = f"srv/{name}-{version}/proof".encode()
    return Install(
        package=package, proofs=(path,), origin_layer=1, current_layer=1, found_by=ecosystem, **more
    )
