"""Altered files of rpm packages beside rpm's own verification, on packages that rpmbuild made."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from seamline.model.audit import AuditReport
from tests.neighbours import need
from tests.scenes import File, Link, Thing
from tests.verbs.test_audit import audited

pytestmark = pytest.mark.real
SPEC = """
Name: demo
Version: 1
Release: 1
Summary: demo
License: none
BuildArch: noarch
%description
demo
%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/etc %{buildroot}/usr/share/doc/demo %{buildroot}/var/lib/demo
for each in usr/bin/tool usr/bin/mode usr/bin/same usr/bin/empty usr/bin/gone etc/own.conf etc/keep.conf etc/free.conf \\
    usr/share/doc/demo/README var/lib/demo/ghost; do echo "$each" >%{buildroot}/$each; done
ln -s tool %{buildroot}/usr/bin/link
%files
/usr/bin/*
%config /etc/own.conf
%config(noreplace) /etc/keep.conf
%config %verify(not md5 size mtime) /etc/free.conf
%doc /usr/share/doc/demo/README
%ghost /var/lib/demo/ghost
"""
ALTERED = (
    "usr/bin/tool",
    "etc/own.conf",
    "etc/keep.conf",
    "etc/free.conf",
    "usr/share/doc/demo/README",
    "var/lib/demo/ghost",
)


def installed(folder: Path, algorithm: int) -> Path:
    """A root with the package in its database, its files' digests by `algorithm` (OpenPGP's number)."""
    (folder / "demo.spec").write_text(SPEC)
    build = [
        "rpmbuild",
        "-bb",
        "--quiet",
        f"-D_topdir {folder}/build",
        f"-D_binary_filedigest_algorithm {algorithm}",
    ]
    subprocess.run([*build, str(folder / "demo.spec")], check=True, capture_output=True)
    root = folder / "root"
    (root / "etc").mkdir(parents=True)
    (root / "etc/os-release").write_text("ID=fedora\nVERSION_ID=40\n")
    (package,) = (folder / "build/RPMS").rglob("*.rpm")
    subprocess.run(
        [*_rpm(root), "-i", "--nodeps", "--nosignature", str(package)], check=True, capture_output=True
    )
    return root


def _rpm(root: Path) -> list[str]:
    return ["rpm", "--root", str(root), "-D_dbpath /usr/lib/sysimage/rpm", "-D_db_backend sqlite"]


def alter(root: Path) -> None:
    (root / "var/lib/demo").mkdir(parents=True)  # what is only reserved comes with its first user
    for each in ALTERED:
        with (root / each).open("a") as file:
            file.write("changed\n")
    (root / "usr/bin/mode").chmod(0o4755)
    (root / "usr/bin/empty").write_bytes(b"")
    (root / "usr/bin/gone").unlink()
    (root / "usr/bin/link").unlink()
    (root / "usr/bin/link").symlink_to("same")


def verified(root: Path) -> dict[str, bool]:
    """The files whose content rpm finds altered, and whether it calls them configuration: `S.5....T.  c /etc/own.conf`."""
    done = subprocess.run([*_rpm(root), "-V", "demo"], check=False, capture_output=True, text=True)
    rows = [line.split() for line in done.stdout.splitlines()]
    return {row[-1].strip("/"): "c" in row[1:-1] for row in rows if row[0][2:3] == "5"}


def things(root: Path) -> dict[str, Thing]:
    found: dict[str, Thing] = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_symlink():
            found[name] = Link(os.readlink(path))
        elif path.is_file():
            found[name] = File(path.read_bytes(), path.stat().st_mode & 0o7777)
    return found


def looked_at(folder: Path, *roots: dict[str, Thing]) -> AuditReport:
    return audited(folder, list(roots), {})


@pytest.mark.parametrize("algorithm", [1, 2, 8])
def test_rpm_s_own_verification_names_the_same_files(algorithm: int, tmp_path: Path) -> None:
    need("rpm", "rpmbuild")
    root = installed(tmp_path, algorithm)
    before = things(root)
    assert verified(root) == {}
    assert looked_at(tmp_path / "a", before).altered == ()
    alter(root)
    report = looked_at(
        tmp_path / "b", before, {name: now for name, now in things(root).items() if now != before.get(name)}
    )
    told = {line.path: line.is_configuration for line in report.altered}
    assert told == verified(root)
    assert told == {
        "usr/bin/tool": False,
        "usr/bin/empty": False,
        "usr/share/doc/demo/README": False,
        "etc/own.conf": True,
        "etc/keep.conf": True,
    }


def test_digests_that_are_not_compared_are_a_gap(tmp_path: Path) -> None:
    need("rpm", "rpmbuild")
    root = installed(tmp_path, 10)
    report = looked_at(tmp_path / "a", things(root))
    (gap,) = (gap for gap in report.gaps if gap.message.id == "files-not-compared")
    assert gap.message.args["number"] == 8
    assert report.altered == ()
