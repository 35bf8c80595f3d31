"""Hard cases of what nothing can be matched against: never a clean result."""

from __future__ import annotations

import pytest

from seamline.render.scan import write_scan
from tests.catalog.test_hard_cases import elf
from tests.scenes import File
from tests.verbs.test_ownership_cases import DEBIAN_NEW, Bench, bench, index

__all__ = ("bench", "index")
STRIPPED = File(elf(b"\x04\0\0\0\x04\0\0\0\x04\0\0\0Go\0\0", b".gopclntab"), 0o755)
PACKED = File(elf(b"UPX!\x0d\x24\x0e\x0a"), 0o755)


@pytest.mark.parametrize(
    ("program", "gap", "words"),
    [
        (STRIPPED, "programs-not-identified", "not judged (/app/server)"),
        (PACKED, "packed-program", "app/server"),
    ],
)
def test_case_21_a_go_program_stripped_or_packed_is_told_as_not_judged_and_is_no_clean_scan(
    bench: Bench, program: File, gap: str, words: str
) -> None:
    bench.base("docker.io/library/debian:12", "2026-01-01", [DEBIAN_NEW])
    report = bench.scan([DEBIAN_NEW, {"app/server": program}])
    assert (report.findings, [each.message.id for each in report.gaps]) == ((), [gap])
    assert words in write_scan(report, "en")
    assert "app/server" in write_scan(report, "zh")


def test_case_25_a_module_on_nothing_has_an_empty_system_side_and_is_not_clean(bench: Bench) -> None:
    report = bench.scan([{"app.wasm": b"\0asm\1\0\0\0"}])
    assert (report.findings, [each.message.id for each in report.gaps]) == ((), ["no-package-found"])
