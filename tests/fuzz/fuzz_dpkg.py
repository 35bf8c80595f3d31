"""Everything of the dpkg database."""

from __future__ import annotations

from seamline.formats.dpkg import (
    parse_copyright,
    parse_diversions,
    parse_list,
    parse_md5sums,
    parse_relation_names,
    parse_status,
)

SEEDS = (
    b"Package: a\nStatus: install ok installed\nVersion: 1:2-3\nSource: b (4)\nDepends: c (>= 1) | d, e:any\n\nPackage: b\n",
    b"/.\n/usr\n/usr/bin/x\n",
    b"License: GPL-2+\n/usr/share/common-licenses/MIT\n",
)


def run(data: bytes) -> None:
    for package in parse_status(data):
        list(parse_relation_names(package.depends))
        assert package.name
    for path in (*parse_list(data), *parse_md5sums(data)):
        assert not path.startswith(b"/")
    parse_diversions(data)
    parse_copyright(data)
