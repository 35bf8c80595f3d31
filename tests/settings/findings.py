"""Findings as one literal."""

from __future__ import annotations

from typing import Any

from seamline.model.finding import Finding
from seamline.model.package import Side


def finding(name: str, package: str, **more: Any) -> Finding:
    """One finding; what is not given is usual."""
    usual: dict[str, Any] = {
        "key": f"{name} {package}", "id": name, "aliases": (), "advisories": (name,), "summary": f"a flaw in {package}",
        "purl": f"pkg:deb/debian/{package}@1.0", "package": package, "version": "1.0", "ecosystem": "Debian:12",
        "source_name": "", "paths": ("var/lib/dpkg/status",), "side": Side.SYSTEM, "stratum": "debian:12", "layer": 0,
        "origin_layer": 0, "owner": "infrastructure", "publisher": "Debian", "severity": "high", "score": 7.5, "scores": (),
        "epss": -1.0, "percentile": -1.0, "kev": False, "kev_due": "", "fixed_in": ("1.1",), "status": "fixed",
        "published": "2026-01-01", "deadline": None, "way": (), "actions": (), "evidence": (),
    }  # fmt: skip
    return Finding(**{**usual, **more})
