"""What releases of Debian and Ubuntu are called beside their versions. Source: distro-info-data, debian.csv and ubuntu.csv."""

from __future__ import annotations

from collections.abc import Mapping

CODENAMES: Mapping[str, tuple[str, str]] = {
    "squeeze": ("debian", "6"),
    "wheezy": ("debian", "7"),
    "jessie": ("debian", "8"),
    "stretch": ("debian", "9"),
    "buster": ("debian", "10"),
    "bullseye": ("debian", "11"),
    "bookworm": ("debian", "12"),
    "trixie": ("debian", "13"),
    "forky": ("debian", "14"),
    "trusty": ("ubuntu", "14.04"),
    "xenial": ("ubuntu", "16.04"),
    "bionic": ("ubuntu", "18.04"),
    "focal": ("ubuntu", "20.04"),
    "jammy": ("ubuntu", "22.04"),
    "mantic": ("ubuntu", "23.10"),
    "noble": ("ubuntu", "24.04"),
    "oracular": ("ubuntu", "24.10"),
    "plucky": ("ubuntu", "25.04"),
    "questing": ("ubuntu", "25.10"),
    "resolute": ("ubuntu", "26.04"),
}
"""Codename -> the distribution's id, and the version."""


def version_of_codename(codename: str) -> str:
    """The version of a release by its codename (`trixie/sid` as os-release writes it); empty for others."""
    return CODENAMES.get(codename.partition("/")[0], ("", ""))[1]
