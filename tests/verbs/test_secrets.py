"""Secrets of whole images: all that were planted are found, and no value is ever kept or told."""

from __future__ import annotations

import bz2
import gzip
import lzma
import random
import sqlite3
import sysconfig
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from seamline.cli.main import run
from seamline.model.audit import AuditReport
from seamline.render.audit import write_audit
from seamline.stores.layer_cache import LayerCache, zstd
from tests.layouts import write_layout
from tests.planted import Planted, pem_key, planted, tar_of, zip_of
from tests.scenes import Directory, File, Hardlink, Thing, Whiteout
from tests.verbs.test_audit import audited

TOKEN = b"token = 'glpat-R7xw2Kd9_QmZt4LpVb8c'\n"


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Planted], Path]:
    found, layers, config, history = planted()
    folder = tmp_path_factory.mktemp("planted")
    scene = [{path: Whiteout() if data is None else data for path, data in layer.items()} for layer in layers]
    write_layout(folder, scene, config=config, history=history)  # type: ignore[arg-type]
    return found, folder


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.mark.real
def test_every_planted_secret_is_found_once_where_it_was_put(
    image: tuple[list[Planted], Path], capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    found, folder = image
    assert run(["audit", f"oci-dir:{folder}", "-f", "json"]) == 0
    report = msgspec.json.decode(capsysbinary.readouterr().out, type=AuditReport)
    told = sorted((line.place, line.path, line.until) for line in report.secrets)
    assert told == sorted((each.place, each.path, each.until) for each in found)
    assert {line.place for line in report.secrets} == {
        "file",
        "environment",
        "label",
        "history",
        "build argument",
    }


FORMS = {
    "audit --all": ("table", "json", "markdown"),
    "inspect": ("table", "json"),
    "sbom": ("table", "json", "cyclonedx-json", "spdx-json"),
    "scan --all": ("table", "json", "sarif", "cyclonedx-json", "gitlab", "junit", "markdown", "csv"),
    "files": ("table", "json"),
    "compare": ("table", "json", "html", "markdown"),
    "report": ("html", "json"),
}


@pytest.mark.real
def test_no_value_enters_any_report_terminal_or_cache(
    image: tuple[list[Planted], Path], tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    found, folder = image
    name = f"oci-dir:{folder}"
    told: dict[str, bytes] = {}
    for verb, forms in FORMS.items():
        for form in forms:
            words = [*verb.split(), name, *((name,) if verb == "compare" else ()), "-f", form]
            assert run(words) == 0, words
            captured = capsysbinary.readouterr()
            told[f"{verb} -f {form}"] = captured.out + captured.err
    kept = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert any(path.name.startswith("layers") for path in kept)
    told["cache"] = _unpacked(tmp_path / "cache" / "seamline") + b"".join(path.read_bytes() for path in kept)
    for each in found:
        lines = each.value.replace("\\n", "\n").strip().split("\n")
        part = lines[-2 if len(lines) > 1 else 0][:24].encode()
        assert [where for where, text in told.items() if part in text] == [], each.kind
    assert b"[secret]" in told["inspect -f json"]


def _unpacked(folder: Path) -> bytes:
    """Everything that the cache keeps of secrets, as it was before it was packed."""
    (path,) = folder.glob("layers-*.db")
    rows = sqlite3.connect(path).execute("SELECT data FROM facts").fetchall()
    return b"".join(zstd.decompress(row[0]) for row in rows)


def test_the_same_secret_in_two_places_is_one_group_and_another_is_another(tmp_path: Path) -> None:
    other = TOKEN.replace(b"R7xw", b"mm3z")
    report = audited(tmp_path, [{"srv/a.toml": TOKEN, "srv/b.toml": TOKEN, "srv/c.toml": other}], {})
    assert [line.group for line in report.secrets] == [1, 1, 2]


def test_a_secret_that_chmod_copied_up_is_visible_and_told_once(tmp_path: Path) -> None:
    scene = [{"srv/a.toml": TOKEN}, {"srv/a.toml": File(TOKEN, 0o600)}]
    (line,) = audited(tmp_path, scene, {}).secrets
    assert (line.state, line.layer) == ("visible", 0)


def test_what_a_higher_layer_replaced_deleted_or_moved_away_with_its_folder_is_still_told(
    tmp_path: Path,
) -> None:
    scene = [
        {"srv/a.toml": TOKEN, "srv/b.toml": TOKEN, "srv/c/d.toml": TOKEN},
        {"srv/a.toml": b"none\n", "srv/b.toml": Whiteout(), "srv/c": Whiteout()},
    ]
    report = audited(tmp_path, scene, {})
    assert [(line.path, line.state, line.until) for line in report.secrets] == [
        ("srv/a.toml", "replaced", 1),
        ("srv/b.toml", "deleted", 1),
        ("srv/c/d.toml", "deleted", 1),
    ]


def test_a_hardlink_does_not_tell_its_content_again(tmp_path: Path) -> None:
    scene = [{"srv/a.toml": TOKEN, "srv/b.toml": Hardlink("srv/a.toml"), "srv/c": Directory()}]
    assert [line.path for line in audited(tmp_path, scene, {}).secrets] == ["srv/a.toml"]


def test_what_a_package_of_the_distribution_brought_is_public_until_it_is_rewritten(tmp_path: Path) -> None:
    root = {
        "etc/os-release": b"ID=debian\nVERSION_ID=12\n",
        "var/lib/dpkg/status": b"Package: demo\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n",
        "var/lib/dpkg/info/demo.list": b"/.\n/usr\n/usr/lib\n/usr/lib/demo.toml\n",
        "usr/lib/demo.toml": TOKEN,
    }
    assert audited(tmp_path / "plain", [root], {}).secrets == ()
    changed = {"usr/lib/demo.toml": TOKEN.replace(b"R7xw", b"mm3z")}
    (line,) = audited(tmp_path / "changed", [root, changed], {}).secrets
    assert line.layer == 1


@pytest.mark.parametrize(
    ("path", "is_told"),
    [
        ("srv/app/conf.toml", True),
        ("srv/app/tests/conf.toml", True),
        ("usr/lib/python3/dist-packages/boto/auth.py", True),
        ("usr/lib/python3/dist-packages/boto/tests/auth.py", False),
        ("srv/app/node_modules/x/docs/auth.js", False),
        ("usr/share/doc/x/examples/auth.py", False),
    ],
)
def test_a_strong_form_counts_everywhere_but_in_the_aids_of_libraries(
    path: str, is_told: bool, tmp_path: Path
) -> None:
    assert bool(audited(tmp_path, [{path: TOKEN}], {}).secrets) is is_told


@pytest.mark.parametrize(
    ("path", "is_told"),
    [
        ("srv/app/settings.py", True),
        ("srv/app/docs/settings.py", False),
        ("srv/app/settings.py.example", False),
        ("usr/lib/python3/dist-packages/x/settings.py", False),
        ("srv/app/README.md", False),
    ],
)
def test_a_password_by_its_name_counts_in_the_application_alone(
    path: str, is_told: bool, tmp_path: Path
) -> None:
    data = b"DB_PASSWORD = 'tR4vq9-Zk2mW'\n"
    assert bool(audited(tmp_path, [{path: data}], {}).secrets) is is_told


def test_chinese_tells_the_place_and_what_remains(tmp_path: Path) -> None:
    report = audited(
        tmp_path, [{"srv/a.toml": TOKEN}, {"srv/a.toml": Whiteout()}], {}, LayerCache(tmp_path / "c")
    )
    text = write_audit(report, "zh")
    assert "机密" in text
    assert "已在第 1 层删除，但仍留在第 0 层" in text


def gaps(report: AuditReport) -> dict[str, object]:
    return {
        gap.message.id: gap.message.args["number"]
        for gap in report.gaps
        if gap.message.id.startswith("secrets-")
    }


def test_the_place_inside_an_archive_is_told(tmp_path: Path) -> None:
    archive = zip_of({"a/b.zip": zip_of({"conf/x.toml": b"\n" + TOKEN})})
    report = audited(tmp_path, [{"srv/a.zip": archive}], {})
    (line,) = report.secrets
    assert (line.path, line.inside, line.line) == ("srv/a.zip", "a/b.zip!/conf/x.toml", 2)
    assert "/srv/a.zip!/a/b.zip!/conf/x.toml:2" in write_audit(report, "en", 200)
    assert gaps(report) == {}


@pytest.mark.parametrize(
    ("path", "inside", "is_told"),
    [
        ("srv/app.jar", "application.properties", True),
        ("srv/app.jar", "BOOT-INF/lib/x.properties", False),
        ("srv/x.whl", "x/settings.properties", False),
        ("usr/lib/python3/dist-packages/x.zip", "x.properties", False),
        ("srv/data.zip", "docs/x.properties", False),
    ],
)
def test_an_archive_is_judged_as_a_folder_is(path: str, inside: str, is_told: bool, tmp_path: Path) -> None:
    data = zip_of({inside: b"DB_PASSWORD=tR4vq9-Zk2mW\n"})
    assert bool(audited(tmp_path, [{path: data}], {}).secrets) is is_told


def test_what_was_not_looked_at_in_whole_is_a_gap(tmp_path: Path) -> None:
    nested = zip_of({"conf": TOKEN})
    for _ in range(3):
        nested = zip_of({"a.zip": nested})
    sealed = bytearray(zip_of({"conf": TOKEN}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        sealed[sealed.index(mark) + at] |= 1
    cut = tar_of({"conf": TOKEN * 2, "more": random.Random(1).randbytes(90_000)})[:-30_000]  # noqa: S311
    scene = {"srv/a.zip": nested, "srv/b.zip": bytes(sealed), "srv/c.tgz": cut, "srv/d.bin": bytes(65 << 20)}
    report = audited(tmp_path, [scene], {})
    assert gaps(report) == {"secrets-large": 1, "secrets-packed": 3}
    assert {line.path for line in report.secrets} == {"srv/c.tgz"}


def bombs() -> dict[str, bytes]:
    """One member that unpacks to a mebibyte of nothing, often; and a stream that asks for more memory than there is to give."""
    nothing = bytes(1 << 20)
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 30}]
    return {
        "srv/a.gz": gzip.compress(nothing) * 40,
        "srv/a.bz2": bz2.compress(nothing) * 40,
        "srv/a.xz": lzma.compress(nothing) * 40,
        "srv/a.zst": zstd.compress(nothing) * 40,
        "srv/b.xz": lzma.compress(TOKEN, filters=filters),
    }


def test_an_archive_that_unpacks_without_end_is_left(tmp_path: Path) -> None:
    report = audited(tmp_path, [dict(bombs())], {})
    assert gaps(report) == {"secrets-packed": len(bombs())}
    assert report.secrets == ()


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstd.compress])
def test_however_a_file_is_packed_it_is_looked_into(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """Alone, in two streams one behind the other, as a packed tar, and inside another archive; a packed library is not."""
    tar = gzip.decompress(tar_of({"conf.toml": TOKEN}))
    scene: dict[str, Thing] = {
        "srv/a": pack(b"# a log\n" + TOKEN),
        "srv/b": pack(b"first\n") + pack(TOKEN),
        "srv/c": pack(tar),
        "srv/d.zip": zip_of({"old/e.bak": pack(TOKEN)}),
        "srv/f.ko.xz": pack(TOKEN),
    }
    report = audited(tmp_path, [scene], {})
    told = [(line.path, line.inside, line.line) for line in report.secrets]
    assert told == [
        ("srv/a", "", 2),
        ("srv/b", "", 2),
        ("srv/c", "conf.toml", 1),
        ("srv/d.zip", "old/e.bak", 1),
    ]
    assert gaps(report) == {}


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstd.compress])
def test_a_packed_file_that_is_cut_is_read_to_its_end_and_told(
    pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    more = random.Random(1).randbytes(2 << 20)  # noqa: S311 - bytes that nothing packs
    report = audited(tmp_path, [{"srv/a": pack(TOKEN + more)[:-1000]}], {})
    assert gaps(report) == {"secrets-packed": 1}
    assert [line.path for line in report.secrets] == ["srv/a"]


def test_keys_in_a_system_s_shared_library_are_constants_of_its_self_tests(tmp_path: Path) -> None:
    """What an unowned libgnutls holds; a program, and a library of the application's own, are asked."""
    code = b"\x7fELF\x02\x01\x01" + bytes(64) + pem_key().encode()
    scene = {
        "usr/lib/x86_64-linux-gnu/libgnutls.so.30.34.3": code,
        "srv/app/libapp.so": code,
        "usr/bin/app": code,
    }
    assert [line.path for line in audited(tmp_path, [scene], {}).secrets] == [
        "srv/app/libapp.so",
        "usr/bin/app",
    ]


@pytest.mark.real
def test_real_packages_and_libraries_that_no_database_knows_hold_no_secret(tmp_path: Path) -> None:
    """The Python packages of this environment and the system's own libraries, as a COPY from another stage brings them."""
    home, kinds = (
        Path(sysconfig.get_paths()["purelib"]),
        (".py", ".json", ".pem", ".cfg", ".toml", ".js", ".zip"),
    )
    scene: dict[str, Thing] = {
        f"usr/local/lib/python3.12/site-packages/{path.relative_to(home).as_posix()}": path.read_bytes()
        for path in sorted(home.rglob("*"))
        if path.suffix in kinds and path.is_file() and path.stat().st_size < 60_000
    }
    libraries = Path("/usr/lib/x86_64-linux-gnu")
    for name in ("libgnutls.so.30", "libcrypto.so.3", "libssl.so.3"):
        if (libraries / name).exists():
            real = (libraries / name).resolve()
            scene[f"usr/lib/x86_64-linux-gnu/{real.name}"] = File(real.read_bytes(), 0o755)
    assert len(scene) > 1000
    assert audited(tmp_path, [scene], {}).secrets == ()


def test_a_step_of_the_history_belongs_to_whom_its_setting_belongs(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    history = [
        {"created_by": "COPY app / # buildkit"},
        {"created_by": "ENV DB_PASSWORD=kitten2019", "empty_layer": True},
        {"created_by": "ENV TOKEN=glpat-R7xw2Kd9_QmZt4LpVb8c", "empty_layer": True},
    ]
    scene = [{"app": File(b"\x7fELF", 0o755)}]
    write_layout(tmp_path, scene, config={"Env": ["TOKEN=glpat-R7xw2Kd9_QmZt4LpVb8c"]}, history=history)  # type: ignore[arg-type]
    assert run(["audit", f"oci-dir:{tmp_path}", "-f", "json"]) == 0
    report = msgspec.json.decode(capsysbinary.readouterr().out, type=AuditReport)
    by_place = {(line.place, line.path): line.stratum for line in report.secrets}
    assert by_place["history", "ENV"] == by_place["environment", "TOKEN"] != ""
