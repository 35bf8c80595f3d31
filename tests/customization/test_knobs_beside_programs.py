"""Knobs beside the truth: programs of this machine are run in the very root that was judged, with the setting and without."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from seamline.model.customization import Knob, KnobVerdict
from seamline.stores.shelf import Stack
from seamline.verbs.customized import customized
from tests.neighbours import need
from tests.portraits import AS_OF, seen_of
from tests.verbs.test_template import gathered

ZONE = "usr/share/zoneinfo/Asia/Shanghai"
LOCALE = "usr/lib/locale/C.utf8"
OWN = "etc/ssl/certs/own.pem"
SAYS = {KnobVerdict.WORKS: True, KnobVerdict.NO_EFFECT: False}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Shell, date, locale and openssl with what they load: no zones, no locales, no certificates."""
    need("date", "locale", "openssl", "chroot")
    if os.geteuid() != 0:
        pytest.skip("chroot takes root")
    made = gathered(tmp_path / "root", "sh", "date", "locale", "openssl")
    shutil.rmtree(made / "usr/lib/locale", ignore_errors=True)
    return made


def said(root: Path, *command: str, **environment: str) -> str:
    """What a program prints in the root."""
    program = shutil.which(command[0]) or command[0]
    resolved = str(Path(program).resolve())
    done = subprocess.run(
        (shutil.which("chroot") or "chroot", str(root), resolved, *command[1:]),
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    return done.stdout


def judged(root: Path) -> dict[str, Knob]:
    found = customized(seen_of(f"dir:{root}"), Stack(()), AS_OF)
    return {each.name: each for each in found.knobs}


def there(root: Path, path: str) -> None:
    """Puts this machine's own file or folder there, too."""
    source, target = Path("/") / path, root / path
    if not source.exists():
        pytest.skip(f"/{path} is not on this machine")
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy2(source.resolve(), target)


@pytest.mark.parametrize("has_zone", [False, True])
def test_a_time_zone_works_where_date_takes_it(root: Path, has_zone: bool) -> None:
    if has_zone:
        there(root, ZONE)
    hours = {zone: said(root, "date", "-d", "@0", "+%H", TZ=zone) for zone in ("UTC", "Asia/Shanghai")}
    assert hours["UTC"] == "00\n"
    works = hours["Asia/Shanghai"] != hours["UTC"]
    assert works is has_zone
    assert SAYS[judged(root)["TZ"].verdict] is works


@pytest.mark.parametrize("has_locale", [False, True])
def test_a_language_works_where_the_c_library_takes_it(root: Path, has_locale: bool) -> None:
    if has_locale:
        there(root, LOCALE)
    works = said(root, "locale", "charmap", LANG="C.UTF-8") == "UTF-8\n"
    assert works is has_locale
    assert SAYS[judged(root)["LANG"].verdict] is works
    chinese = said(root, "locale", "charmap", LC_ALL="zh_CN.UTF-8") == "UTF-8\n"
    assert SAYS[judged(root)["LC_ALL"].verdict] is chinese is False


def test_own_certificates_work_where_openssl_reads_them(root: Path) -> None:
    key = root / "key.pem"
    made = (
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        str(key),
        "-subj",
        "/CN=own",
        "-days",
        "2",
    )
    (root / OWN).parent.mkdir(parents=True)
    subprocess.run((*made, "-out", str(root / OWN)), check=True, capture_output=True)
    verify = ("openssl", "verify", f"/{OWN}")
    assert "OK" not in said(root, *verify)
    assert "OK" in said(root, *verify, SSL_CERT_FILE=f"/{OWN}")
    assert judged(root)["SSL_CERT_FILE"].verdict == KnobVerdict.WORKS
