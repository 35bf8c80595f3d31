"""Knobs beside the truth: programs of this machine are run in the very root that was judged, with the setting and without."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from seamline.model.customization import Knob, KnobVerdict
from seamline.stores.shelf import Stack
from seamline.verbs.customized import customized
from tests.layouts import write_layout
from tests.neighbours import need
from tests.portraits import AS_OF, seen_of
from tests.scenes import File, Scene
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


ENTRY = b"""#!/bin/sh
set -e
for each in $(find /docker-entrypoint.d/ -follow -type f | sort); do case "$each" in *.sh) "$each";; esac; done
exec "$@"
"""
ENVSUBST = b"""#!/bin/sh
template_dir="${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}"
suffix="${NGINX_ENVSUBST_TEMPLATE_SUFFIX:-.template}"
find "$template_dir" -follow -type f -name "*$suffix" -print | while read -r t; do envsubst < "$t" > /etc/nginx/conf.d/x.conf; done
"""
SERVED: Mapping[str, Any] = {
    "docker-entrypoint.sh": File(ENTRY, 0o755),
    "docker-entrypoint.d/20-envsubst-on-templates.sh": File(ENVSUBST, 0o755),
    "etc/nginx/templates/default.conf.template": b"server { listen ${NGINX_PORT}; server_name $NGINX_HOST; root $document_root; }\n",
    "usr/share/other.template": b"$UNUSED_BY_ALL\n",
    "bin/sh": File(b"\x7fELF", 0o755),
}


def read_by(folder: Path, scene: Scene, **config: Any) -> dict[str, str]:
    """Each variable that something reads at the start, with the file that does."""
    image = write_layout(folder, scene, config=config)
    found = customized(seen_of(image), Stack(()), AS_OF)
    return {each.name: str(each.why.args["path"]) for each in found.knobs if each.why.id == "variable-read"}


def test_templates_that_a_start_script_fills_in_make_their_variables_knobs(tmp_path: Path) -> None:
    found = read_by(tmp_path, [SERVED], Entrypoint=["/docker-entrypoint.sh"], Cmd=["nginx"])
    script, filled = (
        "docker-entrypoint.d/20-envsubst-on-templates.sh",
        "etc/nginx/templates/default.conf.template",
    )
    assert found["NGINX_ENVSUBST_TEMPLATE_DIR"] == script
    assert (found["NGINX_PORT"], found["NGINX_HOST"]) == (filled, filled)
    assert not {"document_root", "template_dir", "each"} & found.keys()
    without = {path: thing for path, thing in SERVED.items() if "envsubst" not in path}
    assert "NGINX_PORT" not in read_by(tmp_path / "without", [without], Entrypoint=["/docker-entrypoint.sh"])


@pytest.mark.parametrize(
    ("entrypoint", "command"),
    [(["python3", "/app/app.py"], []), (["/start.sh"], []), (["/app/run"], [])],
)
def test_a_program_in_another_language_that_the_start_names_is_read_too(
    tmp_path: Path, entrypoint: list[str], command: list[str]
) -> None:
    program = b'import os\nprint(os.environ["SHOP_TITLE"], os.getenv("SHOP_PORT"))\n'
    scene: dict[str, Any] = {
        "usr/bin/python3": File(b"\x7fELF", 0o755),
        "app/app.py": program,
        "app/run": File(b"#!/usr/bin/env python3\n" + program, 0o755),
        "app/other/main.py": b'import os\nos.environ["NOBODY_STARTS_THIS"]\n',
        "start.sh": File(b'#!/bin/sh\nexec python3 /app/app.py "$LEVEL"\n', 0o755),
    }
    found = read_by(tmp_path, [scene], Entrypoint=entrypoint, Cmd=command)
    assert {"SHOP_TITLE", "SHOP_PORT"} <= found.keys()
    assert ("LEVEL" in found) is (entrypoint == ["/start.sh"])
    assert "NOBODY_STARTS_THIS" not in found
