"""A knob works where something in the image answers to it, and is said to have no effect where nothing does."""

from __future__ import annotations

from typing import Any

import pytest

from seamline.customization.knobs import Bench, knobs
from seamline.customization.start_scripts import start_scripts
from seamline.customization.templates import templates
from seamline.model.customization import Knob
from seamline.model.package import Side
from tests.scenes import File, Link, Scene, tree_of

GLIBC = {"usr/lib/x86_64-linux-gnu/libc.so.6": b"\x7fELF"}


def tried(scene: Scene, **more: Any) -> dict[str, Knob]:
    values: dict[str, Any] = {
        "environment": {},
        "locales": (),
        "scripts": {},
        "runtimes": frozenset(),
        "side": Side.APPLICATION,
    }
    return {knob.name: knob for knob in knobs(tree_of(scene), Bench(**{**values, **more}))}


def verdict(knob: Knob) -> tuple[str, str]:
    return (knob.verdict.value, knob.why.id)


def test_tz_without_tzdata_has_no_effect_and_says_what_to_add() -> None:
    knob = tried([GLIBC])["TZ"]
    assert verdict(knob) == ("no effect", "zone-missing")
    assert knob.add is not None
    assert knob.add.id == "add-tzdata"


def test_tz_works_where_the_zone_s_file_is_there_links_followed() -> None:
    zones = {"usr/share/zoneinfo/PRC": b"TZif2", "usr/share/zoneinfo/Asia/Shanghai": Link("../PRC")}
    assert verdict(tried([{**GLIBC, **zones}])["TZ"]) == ("works", "zone-file")
    assert verdict(tried([{**GLIBC, **zones}], environment={"TZ": "Europe/Berlin"})["TZ"])[0] == "no effect"
    own = tried([{"opt/zones/X": b"TZif2"}], environment={"TZ": "X", "TZDIR": "/opt/zones"})["TZ"]
    assert verdict(own) == ("works", "zone-file")


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("CST-8", "zone-told"),
        ("<+08>-8", "zone-told"),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "zone-told"),
        ("UTC", "zone-told"),
        (":/etc/zone", "zone-file"),
        ("/etc/zone", "zone-file"),
        ("Asia", "zone-missing"),
        ("CST", "zone-missing"),
    ],
)
def test_a_tz_that_says_its_offset_or_its_file_needs_no_tzdata(value: str, why: str) -> None:
    scene = [{**GLIBC, "etc/zone": b"TZif2", "usr/share/zoneinfo/Asia/Tokyo": b"TZif2"}]
    assert tried(scene, environment={"TZ": value})["TZ"].why.id == why


def test_certificates_that_the_image_names_and_has_not_got_are_told() -> None:
    scene = [{"usr/lib/libcrypto.so.3": b"", "etc/own.pem": b""}]
    named = {
        path: tried(scene, environment={"SSL_CERT_FILE": path})["SSL_CERT_FILE"]
        for path in ("/etc/own.pem", "/no")
    }
    assert [verdict(each) for each in named.values()] == [
        ("works", "certificates-read"),
        ("no effect", "certificates-not-there"),
    ]


def test_more_certificates_for_node_that_are_not_there_add_none() -> None:
    environment = {"NODE_EXTRA_CA_CERTS": "/etc/more.pem"}
    for scene, told in (
        ({}, ("no effect", "certificates-more-not-there")),
        ({"etc/more.pem": b""}, ("works", "variable-of-runtime")),
    ):
        found = tried([{**GLIBC, **scene}], environment=environment, runtimes=frozenset({"node"}))
        assert verdict(found["NODE_EXTRA_CA_CERTS"]) == told


def test_a_jvm_brings_zones_of_its_own() -> None:
    assert verdict(tried([GLIBC], runtimes=frozenset({"java"}))["TZ"]) == ("works", "zone-of-runtime")


@pytest.mark.parametrize(
    ("scene", "locales", "expected"),
    [
        (GLIBC, (), ("no effect", "locale-missing")),
        (GLIBC, ("zh_CN.utf8",), ("works", "locale-compiled")),
        ({**GLIBC, "usr/lib/locale/zh_CN.utf8/LC_CTYPE": b""}, (), ("works", "locale-compiled")),
        ({"lib/ld-musl-x86_64.so.1": b""}, (), ("works", "locale-musl")),
        ({"app": b""}, (), ("unknown", "locale-no-libc")),
    ],
)
def test_a_locale_works_where_it_is_compiled_in(
    scene: dict[str, bytes], locales: tuple[str, ...], expected: tuple[str, str]
) -> None:
    assert verdict(tried([scene], locales=locales)["LC_ALL"]) == expected


@pytest.mark.parametrize(
    ("scene", "runtimes", "expected"),
    [
        ({"usr/lib/x86_64-linux-gnu/libcrypto.so.3": b""}, set(), ("works", "certificates-read")),
        ({"app": b""}, {"go"}, ("works", "certificates-read")),
        ({"usr/lib/libcrypto.so.3": b""}, {"java"}, ("no effect", "certificates-not-read")),
        ({"app": b""}, {"node"}, ("no effect", "certificates-not-read")),
        ({"etc/ssl/certs/ca-certificates.crt": b""}, set(), ("unknown", "certificates-store-only")),
        ({"app": b""}, set(), ("unknown", "certificates-nobody")),
    ],
)
def test_a_certificate_file_counts_for_those_that_read_it(
    scene: dict[str, bytes], runtimes: set[str], expected: tuple[str, str]
) -> None:
    assert verdict(tried([scene], runtimes=frozenset(runtimes))["SSL_CERT_FILE"]) == expected


ENTRY = b'#!/bin/sh\nif [ -z "${QUIET:-}" ]; then find "/docker-entrypoint.d/" -type f; fi\nexec "$@"\n'
ENVSUBST = b'#!/bin/sh\nd="${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}"\nenvsubst < $d/x\n'
NGINX = {
    "docker-entrypoint.sh": File(ENTRY, 0o755),
    "docker-entrypoint.d/20-envsubst.sh": File(ENVSUBST, 0o755),
    "docker-entrypoint.d/README": b"$NOT",
    "etc/nginx/templates/default.conf.template": b"listen ${PORT};",
}


def test_the_variables_of_the_entrypoint_and_of_what_it_runs_work() -> None:
    tree = tree_of([NGINX])
    texts = {path.encode(): data.data for path, data in NGINX.items() if isinstance(data, File)}
    scripts = start_scripts(tree, (b"docker-entrypoint.sh",), texts)
    assert list(scripts) == [b"docker-entrypoint.sh", b"docker-entrypoint.d/20-envsubst.sh"]
    found = tried([NGINX], scripts=scripts, environment={"QUIET": "1", "UNREAD": "x", "PATH": "/bin"})
    assert {
        name: knob.verdict.value for name, knob in found.items() if knob.why.id.startswith("variable")
    } == {
        "QUIET": "works",
        "NGINX_ENVSUBST_TEMPLATE_DIR": "works",
        "UNREAD": "unknown",
    }
    assert templates(tree, scripts, {}) == ("etc/nginx/templates/default.conf.template",)
    assert templates(tree, {}, {}) == ()


@pytest.mark.parametrize(
    ("script", "environment", "filled"),
    [
        ("envsubst < /etc/app.conf.in > /etc/app.conf", {}, ("etc/app.conf.in",)),
        ("envsubst '$A' < /etc/app.conf.in | tee /etc/app.conf", {}, ("etc/app.conf.in",)),
        ("for f in /etc/t/*.tmpl; do envsubst < $f > ${f%.tmpl}; done", {}, ("etc/t/a.tmpl", "etc/t/more/b.tmpl")),
        ("for f in $T/*.tmpl; do envsubst < $f > x; done", {"T": "/etc/t/more"}, ("etc/t/more/b.tmpl",)),
        ("confd -onetime -backend env", {}, ("etc/confd/templates/c.tmpl",)),
        ("cat < /etc/app.conf.in", {}, ()),
        ("envsubst < /etc/none > /x", {}, ()),
    ],
)  # fmt: skip
def test_templates_are_those_that_the_start_hands_over_and_not_a_library_s_own(
    script: str, environment: dict[str, str], filled: tuple[str, ...]
) -> None:
    names = ("etc/app.conf.in", "etc/t/a.tmpl", "etc/t/more/b.tmpl", "etc/confd/templates/c.tmpl", "usr/lib/python3/dist-packages/setuptools/script.tmpl")  # fmt: skip
    tree = tree_of([dict.fromkeys(names, b"${A}")])
    assert templates(tree, {b"start.sh": script}, environment) == filled


def test_what_envsubst_is_told_to_fill_in_is_read_there() -> None:
    script = "#!/bin/sh\nB=1\nenvsubst '$A ${B}' < /a > /b\n"
    found = tried([GLIBC], scripts={b"start.sh": script})
    assert (found["A"].why.args["line"], "B" in found) == (3, False)


def test_scripts_that_name_each_other_end() -> None:
    tree = tree_of([{"a.sh": b"", "b.sh": b""}])
    texts = {b"a.sh": b"#!/bin/sh\n/b.sh", b"b.sh": b"#!/bin/sh\n/a.sh"}
    assert list(start_scripts(tree, (b"a.sh",), texts)) == [b"a.sh", b"b.sh"]


def test_what_a_runtime_reads_itself_works_where_the_runtime_is() -> None:
    environment = {"PYTHONPATH": "/app", "APP_DEBUG": "0", "NODE_OPTIONS": "--inspect"}
    found = tried([GLIBC], environment=environment, runtimes=frozenset({"python"}))
    assert verdict(found["PYTHONPATH"]) == ("works", "variable-of-runtime")
    assert verdict(found["APP_DEBUG"]) == ("unknown", "variable-declared")
    assert verdict(found["NODE_OPTIONS"]) == ("unknown", "variable-declared")
