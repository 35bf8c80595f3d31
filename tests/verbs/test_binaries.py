"""Native programs of an application, built by the real compiler: what they lack, and whether they find what they need."""

from __future__ import annotations

import contextlib
import random
import subprocess
from pathlib import Path

import pytest

from seamline.catalog.walk import walk
from seamline.errors import Malformed
from seamline.formats.elf import parse_elf
from seamline.formats.elf_dynamic import Dynamic, dynamic_facts
from seamline.model.limits import Limits
from seamline.surface.closure import closure, weight
from seamline.surface.linking import Libraries
from seamline.surface.unmet import unmet_by
from seamline.tree.fold import fold
from seamline.tree.tree import Tree
from tests.scenes import File, Link, Thing, spool, tar_of

pytestmark = pytest.mark.real
MAIN = "#include <stdio.h>\n#include <string.h>\nint f(void); int main(int n, char **v) { char b[64]; strcpy(b, v[0]); return puts(b) + f(); }\n"
SIDE = "int f(void) { return 0; }\n"


def built(folder: Path, *options: str, rpath: str = "") -> tuple[bytes, bytes]:
    """(a program, the library that it needs)."""
    (folder / "main.c").write_text(MAIN)
    (folder / "side.c").write_text(SIDE)
    library, program = folder / "libside.so", folder / "app"
    _run("cc", "-shared", "-fPIC", "-o", str(library), "-Wl,-soname,libside.so", str(folder / "side.c"))
    more = (f"-Wl,-rpath,{rpath}",) if rpath else ()
    _run("cc", *options, "-o", str(program), str(folder / "main.c"), str(library), *more)
    return program.read_bytes(), library.read_bytes()


def _run(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def facts_of(data: bytes) -> Dynamic:
    return dynamic_facts(parse_elf(data))


def libraries(things: dict[str, Thing], path: str = "", conf: bytes = b"") -> tuple[Tree, Libraries]:
    tree = fold([walk([tar_of(things)], (), Limits(), spool, "layer").columns])
    facts = {name.encode(): facts_of(thing.data) for name, thing in things.items() if isinstance(thing, File) and thing.data[:4] == b"\x7fELF"}  # fmt: skip
    return tree, Libraries(tree, facts, {b"etc/ld.so.conf.d/x.conf": conf} if conf else {}, path)


def system() -> dict[str, Thing]:
    """The C library and loader of this machine."""
    libc = Path("/lib/x86_64-linux-gnu/libc.so.6").read_bytes()
    loader = Path("/lib64/ld-linux-x86-64.so.2").read_bytes()
    return {
        "lib64": Link("usr/lib64"),
        "usr/lib64/ld-linux-x86-64.so.2": File(loader, 0o755),
        "usr/lib/x86_64-linux-gnu/libc.so.6": File(libc, 0o755),
    }


def unmet(made: Libraries, path: bytes) -> list[str]:
    return [message.id for message in unmet_by(made, path)]


def test_hardening_is_what_the_compiler_was_told(tmp_path: Path) -> None:
    hard, _ = built(
        tmp_path,
        "-fPIE",
        "-pie",
        "-O2",
        "-fstack-protector-all",
        "-Wl,-z,relro,-z,now",
        "-D_FORTIFY_SOURCE=2",
    )
    soft, _ = built(
        tmp_path, "-fno-pie", "-no-pie", "-fno-stack-protector", "-Wl,-z,norelro", "-Wl,-z,execstack"
    )
    facts = facts_of(hard)
    assert (facts.is_pie, facts.relro, facts.is_guarded, facts.is_fortified, facts.has_noexec_stack) == (True, "full", True, True, True)  # fmt: skip
    facts = facts_of(soft)
    assert (facts.is_pie, facts.relro, facts.is_guarded, facts.has_noexec_stack) == (False, "", False, False)


def test_needed_and_versions_are_what_readelf_says(tmp_path: Path) -> None:
    program, _ = built(tmp_path, rpath="$ORIGIN/lib")
    told = _run("readelf", "-dVW", str(tmp_path / "app"))
    facts = facts_of(program)
    assert facts.needed == ("libside.so", "libc.so.6")
    assert all(f"Shared library: [{name}]" in told for name in facts.needed)
    assert facts.runpath == "$ORIGIN/lib"
    assert all(f"Name: {version}" in told for _, version in facts.wants)


@pytest.mark.parametrize(
    ("place", "rpath", "path", "conf", "told"),
    [
        ("usr/lib/x86_64-linux-gnu/libside.so", "", "", b"", []),
        ("srv/lib/libside.so", "$ORIGIN/lib", "", b"", []),
        ("srv/lib/libside.so", "", "/srv/lib", b"", []),
        ("opt/x/libside.so", "", "", b"# ours\n/opt/x\n", ["elf-library-unlisted"]),
        ("opt/x/libside.so", "", "", b"", ["elf-library-elsewhere"]),
        ("", "", "", b"", ["elf-no-library"]),
    ],
)
def test_a_library_is_looked_for_where_the_loader_does(
    place: str, rpath: str, path: str, conf: bytes, told: list[str], tmp_path: Path
) -> None:
    program, library = built(tmp_path, rpath=rpath)
    things = {**system(), "srv/app": File(program, 0o755)}
    if place:
        things[place] = File(library, 0o644)
    assert unmet(libraries(things, path, conf)[1], b"srv/app") == told


def test_a_missing_loader_and_an_older_c_library_are_told(tmp_path: Path) -> None:
    program, library = built(tmp_path, rpath="$ORIGIN")
    things = {**system(), "srv/app": File(program, 0o755), "srv/libside.so": File(library)}
    del things["usr/lib64/ld-linux-x86-64.so.2"]
    assert unmet(libraries(things)[1], b"srv/app") == ["elf-no-loader"]
    newer = program.replace(b"GLIBC_2.34\0", b"GLIBC_9.99\0")
    things = {**system(), "srv/app": File(newer, 0o755), "srv/libside.so": File(library)}
    (message,) = unmet_by(libraries(things)[1], b"srv/app")
    assert (message.id, message.args["version"]) == ("elf-no-version", "GLIBC_9.99")
    assert str(message.args["newest"]).startswith("GLIBC_2.")


def test_the_closure_is_the_program_its_loader_and_its_libraries(tmp_path: Path) -> None:
    program, library = built(tmp_path, rpath="$ORIGIN")
    things = {
        **system(),
        "srv/app": File(program, 0o755),
        "srv/libside.so": File(library),
        "srv/big": bytes(9000),
    }
    tree, made = libraries(things)
    found = closure(tree, made, [b"srv/app"], {}, [])
    assert found == {
        b"srv/app",
        b"srv/libside.so",
        b"usr/lib64/ld-linux-x86-64.so.2",
        b"usr/lib/x86_64-linux-gnu/libc.so.6",
    }
    assert weight(tree, found) == sum(len(thing.data) for thing in things.values() if isinstance(thing, File))


def test_where_a_language_s_interpreter_starts_nobody_can_tell(tmp_path: Path) -> None:
    program, library = built(tmp_path, rpath="/srv")
    things = {**system(), "usr/bin/python3.12": File(program, 0o755), "srv/libside.so": File(library)}
    tree, made = libraries(things)
    script = (b"/usr/bin/env", b"python3.12", b"")
    assert closure(tree, made, [b"srv/run"], {b"srv/run": script}, [b"usr/bin"]) is None


def test_a_damaged_file_is_malformed_or_tells_less(tmp_path: Path) -> None:
    program, _ = built(tmp_path)
    chance = random.Random(4)  # noqa: S311 - nothing is guarded by it
    for _ in range(400):
        damaged = bytearray(program)
        for at in (
            chance.randrange(len(damaged)) if chance.random() < 0.3 else chance.randrange(2048)
            for _ in range(6)
        ):
            damaged[at] = chance.randrange(256)
        with contextlib.suppress(Malformed):
            told = facts_of(bytes(damaged[: chance.randrange(64, len(damaged))]))
            assert isinstance(told, Dynamic)
