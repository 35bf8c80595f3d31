"""Python's distributions, as scenes of layers and on what pip really installs."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from seamline.catalog.python import READER
from seamline.formats.python_metadata import parse_metadata, parse_record
from seamline.model.evidence import Gap
from tests.scenes import Whiteout, installs_in, read_scene

SITE = "usr/lib/python3/site-packages"


def metadata(name: str, version: str, *more: str) -> bytes:
    return "\n".join(
        ("Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}", *more, "", "Body")
    ).encode()


def dist(name: str, version: str, *more: str) -> dict[str, bytes]:
    return {f"{SITE}/{name}-{version}.dist-info/METADATA": metadata(name, version, *more)}


def test_an_upgrade_by_the_application_keeps_the_origin_and_hides_the_old_copy() -> None:
    upgraded: dict[str, object] = {
        **dist("setuptools", "70.0"),
        f"{SITE}/setuptools-65.0.dist-info": Whiteout(),
    }
    scene = [{**dist("setuptools", "65.0"), **dist("wheel", "0.4")}, upgraded]
    found = {i.package.name: i for i in installs_in(read_scene(READER, scene))}  # type: ignore[arg-type]
    assert found["setuptools"].package.version == "70.0"
    assert (found["setuptools"].origin_layer, found["setuptools"].current_layer) == (0, 1)
    assert (found["wheel"].origin_layer, found["wheel"].current_layer) == (0, 0)


def test_removed_and_installed_again_later_starts_anew() -> None:
    scene = [dist("a", "1"), {f"{SITE}/a-1.dist-info": Whiteout()}, dist("a", "1")]
    (install,) = installs_in(read_scene(READER, scene))  # type: ignore[arg-type]
    assert install.origin_layer == 2


def test_licences_and_needs_are_told() -> None:
    scene = [
        {
            **dist(
                "app",
                "1",
                "License-Expression: MIT",
                "Requires-Dist: Lib_X (>=1)",
                'Requires-Dist: extra; extra == "x"',
            ),
            **dist("lib-x", "2", "License: UNKNOWN", "Classifier: License :: OSI Approved :: BSD License"),
            **dist("extra", "1"),
        }
    ]
    found = {i.package.name: i for i in installs_in(read_scene(READER, scene))}
    assert found["app"].package.licenses == ("MIT",)
    assert found["lib-x"].package.licenses == ("BSD License",)
    assert [key.partition("#")[0] for key in found["app"].depends] == ["pkg:pypi/lib-x@2"]


def wheel(name: str, version: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(f"{name}-{version}.dist-info/METADATA", metadata(name, version))
    return target.getvalue()


def test_wheels_inside_ensurepip_are_packages_inside_a_file() -> None:
    path = "usr/lib/python3.12/ensurepip/_bundled/pip-24.0-py3-none-any.whl"
    (pip,) = installs_in(read_scene(READER, [{path: wheel("pip", "24.0")}]))
    assert (pip.package.name, pip.inside) == ("pip", "pip-24.0.dist-info/METADATA")


def test_vendored_libraries_are_told_where_their_name_has_a_version() -> None:
    library = f"{SITE}/numpy.libs/libopenblas-0.3.21-8f2d5ca1.so"
    scene = [{**dist("numpy", "2"), library: b"\x7fELF"}]
    assert ("openblas", "0.3.21") in {
        (i.package.name, i.package.version) for i in installs_in(read_scene(READER, scene))
    }


def test_egg_info_is_read_as_a_folder_and_as_a_file_and_dist_info_wins() -> None:
    scene = [
        {
            f"{SITE}/a.egg-info/PKG-INFO": metadata("a", "1"),
            f"{SITE}/b-2.egg-info": metadata("b", "2"),
            **dist("a", "1"),
        }
    ]
    found = installs_in(read_scene(READER, scene))
    assert {(i.package.name, i.proofs[0].rpartition(b"/")[2]) for i in found} == {
        ("a", b"METADATA"),
        ("b", b"b-2.egg-info"),
    }


def test_a_damaged_wheel_costs_itself_only() -> None:
    scene = [
        {"usr/lib/python3.12/ensurepip/_bundled/pip-24.0.whl": b"PK\x03\x04 not a zip", **dist("a", "1")}
    ]
    said = read_scene(READER, scene)
    assert [i.package.name for i in installs_in(said)] == ["a"]
    assert [gap.message.id for gap in said if isinstance(gap, Gap)] == ["unreadable-file"]


@given(st.binary(max_size=300))
def test_any_bytes_are_metadata_or_none(data: bytes) -> None:
    told = parse_metadata(b"Name: a\nVersion: 1\n" + data)
    assert told is not None
    assert (told.name, told.version) == ("a", "1")
    other = parse_metadata(data)
    assert other is None or (other.name and other.version)
    assert all(path and b"\n" not in path for path in parse_record(data))


def test_pip_itself_agrees_on_a_fresh_environment(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "v")], check=True)
    python = tmp_path / "v" / "bin" / "python"
    asked = subprocess.run(
        [python, "-m", "pip", "list", "--format=freeze"], capture_output=True, text=True, check=True
    )
    scene = {
        str(path.relative_to(tmp_path)): path.read_bytes()
        for path in sorted((tmp_path / "v").rglob("*.dist-info/METADATA"))
    }
    found = {f"{i.package.name}=={i.package.version}" for i in installs_in(read_scene(READER, [scene]))}
    assert found == set(asked.stdout.split())
