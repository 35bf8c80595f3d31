"""ELF files beside readelf, and the loader's list beside ldconfig, on the programs and libraries of this machine."""

from __future__ import annotations

import re
import struct
import subprocess
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from seamline.formats.elf import EXEC, parse_elf
from seamline.formats.elf_dynamic import Dynamic, dynamic_facts
from seamline.formats.ld_cache import parse_ld_cache
from tests.neighbours import need

pytestmark = pytest.mark.real
_SYMBOL = re.compile(
    r"^ *\d+: \S+ +\S+ +\S+ +(\w+|<OS specific>: \d+) +(\w+) +(?:\[[^]]*\] +)?(\S+) +([^@\s]+)", re.MULTILINE
)


def some_files() -> list[Path]:
    """A few hundred ELF files: programs and libraries, every eleventh by name."""
    found = [
        *Path("/usr/bin").iterdir(),
        *Path("/usr/sbin").iterdir(),
        *Path("/usr/lib/x86_64-linux-gnu").glob("*.so*"),
    ]
    files = (each for each in sorted(found)[::11] if each.is_file() and not each.is_symlink())
    return list(islice((each for each in files if each.read_bytes()[:4] == b"\x7fELF"), 150))


def told_by_readelf(files: list[Path]) -> Iterator[str]:
    words = ["readelf", "-hldnW", "--dyn-syms", *map(str, files)]
    text = subprocess.run(words, check=True, capture_output=True, text=True, errors="replace").stdout
    return iter(re.split(r"^File: .*$", text, flags=re.MULTILINE)[1:])


def symbols(text: str) -> tuple[set[str], set[str]]:
    """(those that are wanted, those that are given)."""
    wanted, given = set(), set()
    for bind, seen, place, name in _SYMBOL.findall(text):
        if bind == "LOCAL":
            continue
        if place == "UND":
            wanted |= {name} if bind != "WEAK" else set()
        elif seen in ("DEFAULT", "PROTECTED"):
            given.add(name)
    return wanted, given


def names(joined: bytes) -> set[str]:
    return set(joined.decode().split("\0")) - {""}


def relro(text: str) -> str:
    if "GNU_RELRO" not in text:
        return ""
    return "full" if re.search(r"BIND_NOW|Flags: .*NOW", text) else "partial"


def test_hardening_symbols_and_notes_are_what_readelf_shows() -> None:
    need("readelf")
    files = some_files()
    assert len(files) >= 40
    for file, text in zip(files, told_by_readelf(files), strict=True):
        elf = parse_elf(file.read_bytes())
        facts: Dynamic = dynamic_facts(elf)
        wanted, given = symbols(text)
        assert (names(facts.imports), names(facts.exports)) == (wanted, given), file
        assert facts.relro == relro(text), file
        assert facts.has_noexec_stack == bool(re.search(r"GNU_STACK .* RW  ", text)), file
        assert facts.is_guarded == ("__stack_chk_fail" in wanted | given) or not facts.is_dynamic, file
        is_program = "Requesting program interpreter" in text or "Flags: NOW PIE" in text or elf.kind == EXEC
        assert (facts.is_program, facts.is_pie) == (is_program, is_program and elf.kind != EXEC), file
        build, kernel = re.search(r"Build ID: (\w+)", text), re.search(r"OS: Linux, ABI: (\S+)", text)
        assert facts.build_id == (build[1] if build else ""), file
        assert facts.least_kernel == (kernel[1] if kernel else ""), file


def test_symbols_are_told_without_sections(tmp_path: Path) -> None:
    """The loader has none either: their number comes from the hash table, in either of its forms."""
    for style in ("gnu", "sysv"):
        made = tmp_path / style
        words = ["cc", "-shared", "-fPIC", f"-Wl,--hash-style={style}", "-x", "c", "-", "-o", str(made)]
        subprocess.run(
            words,
            input=b"int one(void){return 1;} int puts(char*); int two(void){return puts(0);}",
            check=True,
        )
        data = bytearray(made.read_bytes())
        data[40:48] = bytes(8)  # where the section headers would stand
        facts = dynamic_facts(parse_elf(bytes(data)))
        assert {"one", "two"} <= names(facts.exports)
        assert "puts" in names(facts.imports)


def printed(path: Path) -> list[tuple[str, str, str]]:
    """What ldconfig prints of its list."""
    words = ["ldconfig", "-p", "-C", str(path)]
    text = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    rows = re.findall(r'^\t(\S+) \([^)]*?(?:hwcap: "(.+?)"|hwcap: (\w+))?\) => (\S+)$', text, re.MULTILINE)
    return [(name, file, level or ("hwcap" if bits else "")) for name, level, bits, file in rows]


def test_the_loader_s_list_is_what_ldconfig_prints(tmp_path: Path) -> None:
    need("ldconfig", "cc")
    data = Path("/etc/ld.so.cache").read_bytes()
    assert list(parse_ld_cache(data)) == printed(Path("/etc/ld.so.cache"))
    assert parse_ld_cache(data[:100]) == ()
    assert parse_ld_cache(b"") == ()
    for folder in ("", "glibc-hwcaps/x86-64-v2", "glibc-hwcaps/x86-64-v3"):
        made = tmp_path / "opt" / folder / "libx.so"
        made.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["cc", "-shared", "-o", str(made), "-Wl,-soname,libx.so", "-x", "c", "/dev/null"], check=True
        )
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/ld.so.conf").write_text("/opt\n")
    subprocess.run(["ldconfig", "-r", str(tmp_path)], check=True)
    told = list(parse_ld_cache((tmp_path / "etc/ld.so.cache").read_bytes()))
    assert told == printed(tmp_path / "etc/ld.so.cache")
    assert {level for _, _, level in told} == {"", "x86-64-v2", "x86-64-v3"}


def test_a_list_whose_extension_lies_is_read_without_it() -> None:
    for at in range(0, 64, 4):
        rows = struct.pack("<iIIIQ", 0x303, 72, 80, 0, (1 << 62) | at)
        head = b"glibc-ld.so.cache1.1" + struct.pack("<IIB3xI12x", 1, 24, 2, at)
        assert parse_ld_cache(head + rows + b"libx.so\0/l/x\0") == (("libx.so", "/l/x", "hwcap"),)
