"""Interpreters' own advisories, which name commits and tags where others name packages, as records about a program.

Source: psf/advisory-database; OSV schema 1.7, "affected[].versions" beside ranges of type GIT.
"""

from __future__ import annotations

import msgspec

from seamline.expression import expression
from seamline.formats.osv import OsvAffected, OsvPackage, OsvRecord

ECOSYSTEM = "Bitnami"
"""Whose names programs built by hand are looked up by."""

_PROGRAMS = {
    "github.com/python/cpython": "python",
    "github.com/nodejs/node": "node",
    "github.com/ruby/ruby": "ruby",
    "github.com/php/php-src": "php",
    "github.com/perl/perl5": "perl",
    "github.com/openjdk/jdk": "java",
    "github.com/golang/go": "golang",
}
_TAG = expression(r"^(?:v|go|php-|jdk-)?(\d+(?:[._]\d+)*(?:[a-z]+\d*)?)$")


def as_program(record: OsvRecord) -> OsvRecord:
    """The record with the programs that its repositories make as packages, the tags as their versions. What names
    commits alone stays without a package: nothing installed can be compared with it."""
    affected = tuple(map(_named, record.affected or ()))
    return msgspec.structs.replace(record, affected=affected)


def _named(affected: OsvAffected) -> OsvAffected:
    program = next(
        (
            name
            for one in affected.ranges or ()
            if (name := _PROGRAMS.get(one.repo.partition("://")[2].removesuffix(".git").rstrip("/").lower()))
        ),
        "",
    )
    versions = tuple(
        match[1].replace("_", ".") for each in affected.versions or () if (match := _TAG.match(each))
    )
    if affected.package is not None or not program or not versions:
        return affected
    return msgspec.structs.replace(affected, package=OsvPackage(ECOSYSTEM, program), versions=versions)
