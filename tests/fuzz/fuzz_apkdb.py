"""The apk database."""

from __future__ import annotations

from seamline.formats.apkdb import dependency_name, parse_installed

SEEDS = (b"C:Q1x=\nP:musl\nV:1.2-r0\nA:x86_64\nD:so:a=1 !b c>2\np:cmd:x=1\nF:lib\nR:ld.so\nZ:Q1\n\n",)


def run(data: bytes) -> None:
    for package in parse_installed(data):
        for text in (*package.depends, *package.provides):
            dependency_name(text)
