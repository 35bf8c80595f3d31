"""Where libraries are found, beside the real loaders: glibc's and musl's, each in a root of its own."""

from __future__ import annotations

import os
import re
import subprocess
import tarfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import msgspec
import pytest

from seamline.catalog.elf_facts import READER as ELF
from seamline.catalog.ld_cache import READER as LD_CACHE
from seamline.catalog.reader import Reader
from seamline.catalog.texts import READER as TEXTS
from seamline.catalog.walk import walk
from seamline.model.limits import Limits
from seamline.surface.linking import Libraries, closure_of, is_loader
from seamline.surface.unmet import unmet_by
from seamline.tree.fold import fold
from tests.neighbours import need
from tests.scenes import spool

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may change its root to ask the real loader"),
]
TRIPLET = "x86_64-linux-gnu"
GLIBC = (f"/lib/{TRIPLET}/libc.so.6", "/lib64/ld-linux-x86-64.so.2")
MUSL = ("/lib/ld-musl-x86_64.so.1",)


class Root:
    """A root with one C library, what is built into it, and what its loader and ours say of it."""

    def __init__(self, folder: Path, compiler: str = "cc") -> None:
        self.folder, self.compiler = folder, compiler
        self.given = GLIBC if compiler == "cc" else MUSL
        for path in self.given:
            self.put(path, Path(path).read_bytes())

    def put(self, path: str, data: bytes) -> Path:
        place = self.folder / path.strip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        place.chmod(0o755)
        return place

    def build(self, path: str, *needs: str, rpath: str = "", old: bool = False, soname: str = "") -> str:
        """A library (`.so` in its name) or a program that calls each library at `needs`."""
        name = re.sub(r"\W", "_", path.rpartition("/")[2].partition(".so")[0])
        calls = [re.sub(r"\W", "_", each.rpartition("/")[2].partition(".so")[0]) for each in needs]
        source = "".join(f"int {each}(void);" for each in calls)
        body = "return 0" + "".join(f"+{each}()" for each in calls)
        is_library = ".so" in path
        source += f"int {name if is_library else 'main'}(void) {{ {body}; }}"
        words = [
            self.compiler,
            "-x",
            "c",
            "-",
            "-x",
            "none",
            "-o",
            str(self.put(path, b"")),
            "-Wl,--no-as-needed",
        ]
        words += ["-shared", "-fPIC"] if is_library else ["-Wl,--allow-shlib-undefined"]
        if is_library:
            words.append(f"-Wl,-soname,{soname or path.rpartition('/')[2]}")
        words += [str(self.folder / each.strip("/")) for each in needs]
        if rpath:
            words += [f"-Wl,-rpath,{rpath}", f"-Wl,--{'disable' if old else 'enable'}-new-dtags"]
        subprocess.run(words, input=source.encode(), check=True, capture_output=True)
        return path

    def theirs(self, start: str, environment: str = "", level: str = "") -> dict[str, str]:
        """What the real loader answers to each name, "" where it finds nothing; on a processor that has `level` and no more."""
        env = {"LD_TRACE_LOADED_OBJECTS": "1", **({"LD_LIBRARY_PATH": environment} if environment else {})}
        words = [self.given[-1], *(["--list"] if self.compiler != "cc" else _masked(level)), start]
        done = subprocess.run(
            words,
            check=False,
            env=env,
            cwd="/",
            capture_output=True,
            text=True,
            preexec_fn=lambda: os.chroot(self.folder),
        )
        found = dict(re.findall(r"^\t(\S+) => (/\S+) \(", done.stdout, re.MULTILINE))
        missing = re.findall(r"^\t(\S+) => not found", done.stdout, re.MULTILINE)
        missing += re.findall(r"Error loading shared library (\S+):", done.stderr)
        plain = re.findall(r"^\t(/\S+) \(", done.stdout, re.MULTILINE)
        told = {**found, **dict.fromkeys(missing, ""), **{each: each for each in plain}}
        return {
            name: os.path.realpath(self.folder / path.strip("/")).removeprefix(str(self.folder))
            if path
            else ""
            for name, path in told.items()
            if not is_loader(name.rpartition("/")[2])
        }

    def libraries(self, environment: str = "") -> Libraries:
        target = BytesIO()
        with tarfile.open(fileobj=target, mode="w") as tar:
            tar.add(self.folder, ".")
        facts = walk([target.getvalue()], (ELF, TEXTS, LD_CACHE), Limits(), spool, "layer")
        tree = fold([facts.columns])

        def kept(reader: Reader) -> dict[bytes, object]:
            return {tree.canonical(each.path): each.value for each in facts.records[reader.name]}

        cache = kept(LD_CACHE).get(b"etc/ld.so.cache", ())
        return Libraries(tree, kept(ELF), kept(TEXTS), environment, cache)  # type: ignore[arg-type]

    def ours(self, start: str, environment: str = "", level: str = "") -> dict[str, str]:
        origin = (
            start.rpartition("/")[0] if self.compiler == "cc" else "$ORIGIN"
        )  # musl takes such a name as it is
        return {
            each.name.replace("$ORIGIN", origin): f"/{each.path.decode()}" if each.path else ""
            for each in self.libraries(environment).load(start.strip("/").encode(), level)
        }


LEVELS = ("x86-64-v2", "x86-64-v3", "x86-64-v4")


def _masked(level: str) -> list[str]:
    return ["--glibc-hwcaps-mask", ":".join(LEVELS[: LEVELS.index(level) + 1])] if level in LEVELS else []


def levels_here() -> list[str]:
    """Those that this machine's processor has, and so can be asked of its loader; none, too."""
    told = subprocess.run([GLIBC[-1], "--help"], check=True, capture_output=True, text=True).stdout
    return ["", *re.findall(r"(x86-64-v\d) \(supported, searched\)", told)[::-1]]


def own_rpath_is_not_its_libraries(root: Root) -> str:
    root.build("/opt/b/libb.so")
    root.build("/opt/a/liba.so", "/opt/b/libb.so")
    return root.build("/app", "/opt/a/liba.so", rpath="/opt/a:/opt/b")


def an_older_rpath_is_inherited(root: Root) -> str:
    root.build("/opt/b/libb.so")
    root.build("/opt/a/liba.so", "/opt/b/libb.so")
    return root.build("/app", "/opt/a/liba.so", rpath="/opt/a:/opt/b", old=True)


def an_older_rpath_of_a_library_between_is_inherited(root: Root) -> str:
    root.build("/opt/c/libc1.so")
    root.build("/opt/b/libb.so", "/opt/c/libc1.so")
    root.build("/opt/a/liba.so", "/opt/b/libb.so", rpath="/opt/b:/opt/c", old=True)
    return root.build("/app", "/opt/a/liba.so", rpath="/opt/a")


def a_runpath_ends_what_was_inherited(root: Root) -> str:
    root.build("/opt/b/libb.so")
    root.build("/opt/a/liba.so", "/opt/b/libb.so", rpath="/nowhere")
    return root.build("/app", "/opt/a/liba.so", rpath="/opt/a:/opt/b", old=True)


def origin_is_where_a_link_to_the_library_lies(root: Root) -> str:
    root.build("/opt/real/libb.so")
    root.build("/opt/real/liba.so", "/opt/real/libb.so", rpath="$ORIGIN")
    (root.folder / "opt/links").mkdir()
    (root.folder / "opt/links/liba.so").symlink_to("../real/liba.so")
    return root.build("/app", "/opt/real/liba.so", rpath="/opt/links")


def origin_may_stand_in_the_name_itself(root: Root) -> str:
    root.build("/opt/py/lib/libpy.so", soname="$ORIGIN/../lib/libpy.so")
    return root.build("/opt/py/bin/py", "/opt/py/lib/libpy.so")


def a_path_in_the_name_is_not_looked_for(root: Root) -> str:
    root.build("/opt/x/liba.so", soname="/opt/x/liba.so")
    root.build("/opt/y/libb.so", soname="/opt/gone/libb.so")
    return root.build("/app", "/opt/x/liba.so", "/opt/y/libb.so", rpath="/opt/y")


def a_soname_that_is_loaded_answers_the_next_who_asks(root: Root) -> str:
    root.build("/opt/x/libplug.so", soname="libreal.so.1")
    root.build("/opt/b/libb.so", "/opt/x/libplug.so")
    app = root.build("/opt/app", "/opt/x/libplug.so", "/opt/b/libb.so", rpath="/opt/x:/opt/b")
    (root.folder / "opt/x/libreal.so.1").symlink_to("libplug.so")
    return app


def a_library_for_another_machine_is_passed_over(root: Root) -> str:
    library = root.folder / root.build("/opt/good/liba.so").strip("/")
    other = bytearray(library.read_bytes())
    other[18:20] = b"\xb7\0"
    root.put("/opt/other/liba.so", bytes(other))
    return root.build("/app", "/opt/good/liba.so", rpath="/opt/other:/opt/good")


def lib_is_the_folder_of_the_c_library(root: Root) -> str:
    root.build(f"/opt/lib/{TRIPLET}/liba.so")
    return root.build("/app", f"/opt/lib/{TRIPLET}/liba.so", rpath="/opt/${LIB}:/opt/$LIBRARY")


def a_configured_folder_counts_once_ldconfig_has_run(root: Root) -> str:
    root.build("/opt/x/liba.so")
    root.put("/etc/ld.so.conf", b"include /etc/ld.so.conf.d/*.conf\n")
    root.put("/etc/ld.so.conf.d/x.conf", b"# ours\n/opt/x\n")
    subprocess.run(["ldconfig", "-r", str(root.folder)], check=True)
    root.build("/opt/x/libb.so")
    return root.build("/app", "/opt/x/liba.so", "/opt/x/libb.so")


def default_folders(root: Root) -> str:
    needs = [
        f"{folder}/lib{n}.so"
        for n, folder in enumerate(("/usr/lib", "/lib", "/usr/local/lib", "/lib64", f"/usr/lib/{TRIPLET}"))
    ]
    return root.build("/app", *(root.build(each) for each in needs))


CASES = (
    own_rpath_is_not_its_libraries,
    an_older_rpath_is_inherited,
    an_older_rpath_of_a_library_between_is_inherited,
    a_runpath_ends_what_was_inherited,
    origin_is_where_a_link_to_the_library_lies,
    origin_may_stand_in_the_name_itself,
    a_path_in_the_name_is_not_looked_for,
    a_soname_that_is_loaded_answers_the_next_who_asks,
    a_library_for_another_machine_is_passed_over,
    lib_is_the_folder_of_the_c_library,
    a_configured_folder_counts_once_ldconfig_has_run,
    default_folders,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_every_name_gets_the_file_that_glibc_gives_it(case: Callable[[Root], str], tmp_path: Path) -> None:
    root = Root(tmp_path)
    start = case(root)
    assert root.ours(start) == root.theirs(start)


@pytest.mark.parametrize(("rpath", "old"), [("", False), ("/opt/a", False), ("/opt/a", True)])
def test_the_environment_stands_between_rpath_and_runpath(rpath: str, old: bool, tmp_path: Path) -> None:
    root = Root(tmp_path)
    root.build("/opt/a/libx.so")
    root.build("/opt/b/libx.so")
    root.build("/app", "/opt/a/libx.so", rpath=rpath, old=old)
    assert root.ours("/app", "/gone:/opt/b") == root.theirs("/app", "/gone:/opt/b")


def of_each_level(root: Root, folder: str, name: str, levels: tuple[str, ...], plain: str = "") -> str:
    """A library in a folder, and the same for newer processors below it."""
    for level in levels:
        root.build(f"{folder}/glibc-hwcaps/{level}/{name}")
    return root.build(f"{plain or folder}/{name}")


def newer_in_the_folders_of_the_c_library(root: Root) -> str:
    one = of_each_level(root, f"/usr/lib/{TRIPLET}", "liba.so", LEVELS)
    return root.build("/app", one, of_each_level(root, "/usr/lib", "libb.so", ("x86-64-v3",)))


def newer_in_a_runpath_and_the_one_above_it(root: Root) -> str:
    one = of_each_level(root, "/opt/a", "liba.so", ("x86-64-v2",))
    of_each_level(root, "/opt/b", "liba.so", ("x86-64-v4",))
    return root.build("/app", one, rpath="/opt/a:/opt/b")


def newer_alone(root: Root) -> str:
    one = of_each_level(root, "/opt/a", "liba.so", ("x86-64-v3",))
    app = root.build("/app", one, rpath="/opt/a")
    (root.folder / one.strip("/")).unlink()
    return app


def newer_as_ldconfig_lists_it(root: Root) -> str:
    one = of_each_level(root, "/opt/x", "liba.so", ("x86-64-v2", "x86-64-v3"))
    two = of_each_level(root, "/opt/y", "libb.so", ("x86-64-v3",), plain="/opt/x")
    root.put("/etc/ld.so.conf", b"/opt/x\n/opt/y\n")
    subprocess.run(["ldconfig", "-r", str(root.folder)], check=True)
    return root.build("/app", one, two)


def newer_than_ldconfig_has_seen(root: Root) -> str:
    """What the list has for any processor is taken before the folders are looked in."""
    one = root.build(f"/usr/lib/{TRIPLET}/liba.so")
    root.put("/etc/ld.so.conf", b"")
    subprocess.run(["ldconfig", "-r", str(root.folder)], check=True)
    root.build(f"/usr/lib/{TRIPLET}/glibc-hwcaps/x86-64-v2/liba.so")
    return root.build("/app", one)


def newer_in_a_list_of_the_older_form(root: Root) -> str:
    """glibc 2.36 takes the names of its levels from the wrong place there, and so for no level at all."""
    one = of_each_level(root, "/opt/x", "liba.so", ("x86-64-v2",))
    root.put("/etc/ld.so.conf", b"/opt/x\n")
    subprocess.run(["ldconfig", "-c", "compat", "-r", str(root.folder)], check=True)
    return root.build("/app", one)


NEWER_CASES = (
    newer_in_the_folders_of_the_c_library,
    newer_in_a_runpath_and_the_one_above_it,
    newer_alone,
    newer_as_ldconfig_lists_it,
    newer_than_ldconfig_has_seen,
    newer_in_a_list_of_the_older_form,
)


@pytest.mark.parametrize("case", NEWER_CASES, ids=lambda case: case.__name__)
def test_a_newer_processor_gets_the_file_that_glibc_gives_it(
    case: Callable[[Root], str], tmp_path: Path
) -> None:
    root = Root(tmp_path)
    start = case(root)
    for level in levels_here()[1:]:
        assert root.ours(start, level=level) == root.theirs(start, level=level), level
    plain = {name: path for name, path in root.ours(start).items() if "glibc-hwcaps" in path}
    assert plain == {}


def test_the_environment_has_folders_for_newer_processors_too(tmp_path: Path) -> None:
    root = Root(tmp_path)
    start = root.build("/app", of_each_level(root, "/opt/b", "libx.so", ("x86-64-v2", "x86-64-v3")))
    for level in levels_here()[1:]:
        assert root.ours(start, "/opt/b", level) == root.theirs(start, "/opt/b", level)


def test_a_c_library_from_before_levels_looks_for_none(tmp_path: Path) -> None:
    root = Root(tmp_path)
    newer_in_the_folders_of_the_c_library(root)
    found = root.libraries()
    program = found.facts[b"app"]
    assert found.levels(program) == LEVELS
    (library,) = (path for path in found.facts if path.endswith(b"libc.so.6"))
    versions = tuple(each for each in found.facts[library].has if each < "GLIBC_2.33")
    found.facts = {**found.facts, library: msgspec.structs.replace(found.facts[library], has=versions)}
    assert found.levels(program) == ()


MUSL_CASES = tuple(
    case
    for case in CASES
    if case not in (lib_is_the_folder_of_the_c_library, a_configured_folder_counts_once_ldconfig_has_run)
)


@pytest.mark.parametrize("case", MUSL_CASES, ids=lambda case: case.__name__)
def test_every_name_gets_the_file_that_musl_gives_it(case: Callable[[Root], str], tmp_path: Path) -> None:
    need("musl-gcc")
    root = Root(tmp_path, "musl-gcc")
    start = case(root)
    assert without_libc(root.ours(start)) == without_libc(root.theirs(start))


@pytest.mark.parametrize(("rpath", "old"), [("", False), ("/opt/a", False), ("/opt/a", True)])
def test_the_environment_comes_first_in_musl(rpath: str, old: bool, tmp_path: Path) -> None:
    need("musl-gcc")
    root = Root(tmp_path, "musl-gcc")
    root.build("/opt/a/libx.so")
    root.build("/opt/b/libx.so")
    root.build("/app", "/opt/a/libx.so", rpath=rpath, old=old)
    assert without_libc(root.ours("/app", "/opt/b")) == without_libc(root.theirs("/app", "/opt/b"))


def test_musl_s_path_file_stands_for_its_default_folders(tmp_path: Path) -> None:
    need("musl-gcc")
    root = Root(tmp_path, "musl-gcc")
    root.put("/etc/ld-musl-x86_64.path", b"/opt/one\n/opt/two")
    needs = [root.build(each) for each in ("/usr/lib/liba.so", "/opt/two/libb.so", "/opt/one/libc1.so")]
    root.build("/app", *needs)
    ours = without_libc(root.ours("/app"))
    assert ours == without_libc(root.theirs("/app"))
    assert ours["liba.so"] == ""


def without_libc(told: dict[str, str]) -> dict[str, str]:
    """musl's loader is its C library, and names itself as it was called."""
    return {name: path for name, path in told.items() if not re.match(r"libc\.(so|musl)", name)}


def ids(root: Root, start: str) -> list[tuple[str, str]]:
    told = unmet_by(root.libraries(), start.strip("/").encode())
    return [
        (message.id, str(message.args.get("library", message.args.get("symbols", "")))) for message in told
    ]


def test_what_a_library_lacks_stops_the_program_that_loads_it(tmp_path: Path) -> None:
    root = Root(tmp_path)
    root.build("/opt/hidden/libb.so")
    root.build("/opt/a/liba.so", "/opt/hidden/libb.so")
    root.build("/app", "/opt/a/liba.so", rpath="/opt/a")
    assert ids(root, "/app") == [("elf-library-elsewhere-below", "libb.so")]
    assert ids(root, "/opt/a/liba.so") == []
    (tmp_path / "opt/hidden/libb.so").unlink()
    assert ids(root, "/app") == [("elf-no-library-below", "libb.so")]
    assert ids(root, "/opt/a/liba.so") == [("elf-no-library", "libb.so")]


def test_a_configured_folder_without_ldconfig_is_told_as_that(tmp_path: Path) -> None:
    root = Root(tmp_path)
    root.put("/etc/ld.so.conf.d/x.conf", b"/opt/x\n")
    root.build("/app", root.build("/opt/x/libx.so"))
    assert ids(root, "/app") == [("elf-library-unlisted", "libx.so")]


@pytest.mark.parametrize("compiler", ["cc", "musl-gcc"])
def test_a_symbol_that_no_library_has_any_more_is_told_as_the_loader_tells_it(
    compiler: str, tmp_path: Path
) -> None:
    need(compiler)
    root = Root(tmp_path, compiler)
    root.build("/app", root.build("/usr/lib/libx.so"))
    assert ids(root, "/app") == []
    subprocess.run(
        [compiler, "-shared", "-o", str(tmp_path / "usr/lib/libx.so"), "-x", "c", "/dev/null"], check=True
    )
    assert ids(root, "/app") == [("elf-no-symbol", "libx")]
    done = subprocess.run(
        ["/app"],
        check=False,
        env={"LD_BIND_NOW": "1"},
        capture_output=True,
        text=True,
        preexec_fn=lambda: os.chroot(tmp_path),
    )
    assert done.returncode
    assert "libx" in done.stderr


def test_what_lies_for_newer_processors_alone_is_no_library_of_the_others(tmp_path: Path) -> None:
    root = Root(tmp_path)
    start = newer_alone(root)
    (message,) = unmet_by(root.libraries(), b"app")
    assert (message.id, message.args["level"]) == ("elf-library-newer-processor", "x86-64-v3")
    assert message.args["path"] == "opt/a/glibc-hwcaps/x86-64-v3/liba.so"
    assert root.theirs(start, level="x86-64-v2")["liba.so"] == ""


def test_what_a_newer_processor_alone_would_lack_is_told_with_its_level(tmp_path: Path) -> None:
    """A symbol that only the plain library has, and a library that only the newer one needs."""
    root = Root(tmp_path)
    one, two = root.build("/opt/a/liba.so"), root.build("/opt/a/libb.so")
    root.build("/app", one, two, rpath="/opt/a")
    newer = root.folder / "opt/a/glibc-hwcaps/x86-64-v2"
    newer.mkdir(parents=True)
    subprocess.run(["cc", "-shared", "-o", str(newer / "liba.so"), "-x", "c", "/dev/null"], check=True)
    (message,) = unmet_by(root.libraries(), b"app")
    assert message.id == "elf-newer-processor-lacks"
    assert message.args == {"level": "x86-64-v2", "path": _path(newer, root, "liba.so"), "lacks": "liba"}
    (newer / "liba.so").unlink()
    root.build("/opt/gone/libgone.so")
    root.build("/opt/a/glibc-hwcaps/x86-64-v3/libb.so", "/opt/gone/libgone.so")
    (message,) = unmet_by(root.libraries(), b"app")
    assert message.args["lacks"] == "libgone.so"
    closure = closure_of(root.libraries(), (b"app",))
    assert {b"opt/a/libb.so", b"opt/a/glibc-hwcaps/x86-64-v3/libb.so", b"opt/gone/libgone.so"} <= closure


def _path(folder: Path, root: Root, name: str) -> str:
    return str((folder / name).relative_to(root.folder))
