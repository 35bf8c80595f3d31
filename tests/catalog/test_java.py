"""Java archives: named by their poms, manifests and file names; nested, shaded, damaged, and made to exhaust."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamline.catalog.java import READER
from seamline.errors import Bomb, Malformed
from seamline.formats.jar import JavaPackage, read_jar
from seamline.model.evidence import Gap
from seamline.model.limits import Limits
from seamline.model.purl import purl_of
from tests.scenes import installs_in, read_scene


def archive(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return target.getvalue()


def pom(group: str, name: str, version: str) -> dict[str, bytes]:
    path = f"META-INF/maven/{group}/{name}/pom.properties"
    return {path: f"#made\ngroupId={group}\nartifactId={name}\nversion={version}\n".encode()}


LOG4J = archive(pom("org.apache.logging.log4j", "log4j-core", "2.14.1"))


def test_a_library_nested_in_a_war_is_found_where_it_stands() -> None:
    ear = archive({"web.war": archive({"WEB-INF/lib/log4j-core-2.14.1.jar": LOG4J})})
    (install,) = installs_in(read_scene(READER, [{"srv/app.ear": ear}]))
    assert purl_of(install.package) == "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"
    assert install.inside == "web.war!WEB-INF/lib/log4j-core-2.14.1.jar"
    assert install.proofs == (b"srv/app.ear",)


def test_a_shaded_jar_holds_as_many_libraries_as_it_has_poms() -> None:
    fat = archive({**pom("a", "app", "1"), **pom("com.google.guava", "guava", "32.1.3-jre")})
    assert {i.package.name for i in installs_in(read_scene(READER, [{"app/app.jar": fat}]))} == {
        "app",
        "guava",
    }


@pytest.mark.parametrize(
    ("name", "manifest", "expected"),
    [
        ("commons-io-2.11.0.jar", b"", JavaPackage("", "commons-io", "2.11.0", "")),
        (
            "tool.jar",
            b"Implementation-Title: tool\nImplementation-Version: 3.1\n",
            JavaPackage("", "tool", "3.1", ""),
        ),
        (
            "org.osgi.core.jar",
            b"Bundle-SymbolicName: org.osgi.core;singleton:=true\r\nBundle-Version: 6.\r\n 0.0\r\n",
            JavaPackage("org.osgi.core", "org.osgi.core", "6.0.0", ""),
        ),
    ],
)
def test_without_a_pom_the_manifest_and_the_name_tell(
    name: str, manifest: bytes, expected: JavaPackage
) -> None:
    assert list(read_jar(archive({"META-INF/MANIFEST.MF": manifest}), name, Limits())) == [expected]


def test_a_signed_jar_whose_manifest_is_huge_is_told_by_its_head() -> None:
    signatures = b"\nName: a/B.class\nSHA-256-Digest: x\n" * 50_000
    data = archive({"META-INF/MANIFEST.MF": b"Implementation-Version: 3.1\n" + signatures})
    assert list(read_jar(data, "tool.jar", Limits())) == [JavaPackage("", "tool", "3.1", "")]


def test_a_jar_made_to_exhaust_its_reader_costs_its_own_packages_only() -> None:
    nested = archive(pom("g", "a", "1"))
    for _ in range(12):
        nested = archive({"inner.jar": nested})
    said = read_scene(READER, [{"a.jar": nested, "b.jar": archive(pom("g", "b", "1"))}])
    assert [i.package.name for i in installs_in(said)] == ["b"]
    assert [gap.message.id for gap in said if isinstance(gap, Gap)] == ["unreadable-file"]


def test_a_damaged_jar_is_a_gap_and_a_damaged_one_inside_costs_itself_only() -> None:
    said = read_scene(
        READER,
        [{"a.jar": b"PK\x03\x04damaged", "b.jar": archive({**pom("g", "b", "1"), "x.jar": b"no zip"})}],
    )
    assert [i.package.name for i in installs_in(said)] == ["b"]
    assert [gap.message.id for gap in said if isinstance(gap, Gap)] == ["unreadable-file"]


def test_jars_made_to_exhaust_their_reader_are_bombs() -> None:
    nested = archive(pom("g", "a", "1"))
    for _ in range(12):
        nested = archive({"inner.jar": nested})
    with pytest.raises(Bomb):
        list(read_jar(nested, "x.jar", Limits()))
    large = archive({"inner.jar": bytes(40 << 20)})
    with pytest.raises(Bomb):
        list(read_jar(large, "x.jar", Limits(archive_bytes=1 << 20)))
    with pytest.raises(Bomb):
        list(read_jar(archive({f"f{n}": b"" for n in range(50)}), "x.jar", Limits(archive_members=40)))


@given(st.integers(0, 400), st.binary(min_size=1, max_size=8))
def test_damage_is_malformed_and_nothing_else(at: int, patch: bytes) -> None:
    data = bytearray(archive({"lib/x.jar": LOG4J, **pom("g", "a", "1")}))
    data[at : at + len(patch)] = patch
    try:
        found = list(read_jar(bytes(data), "x.jar", Limits()))
    except (Malformed, Bomb):
        return
    assert all(package.name and package.version for package in found)
    assert len(found) <= 2
