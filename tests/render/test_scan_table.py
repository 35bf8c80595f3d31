"""A scan in a terminal: what users met that did not fit, was cut where it mattered, or stood in the wrong order."""

from __future__ import annotations

import msgspec
import pytest

from seamline.errors import Where
from seamline.model.evidence import Gap, Message
from seamline.model.finding import Action, Finding
from seamline.model.package import Side
from seamline.render.layout import clip_front, width
from seamline.render.scan import write_scan
from seamline.render.scan_csv import write_csv
from seamline.render.scan_markdown import write_markdown
from seamline.render.ticket import write_ticket
from seamline.render.words import say
from tests.render.test_scan_formats import REPORT
from tests.settings.findings import finding

LONG = (
    finding("CVE-2023-4911", "libc-bin", kev=True, fixed_in=("2.36-9+deb12u3",), severity="critical"),
    finding("CVE-2023-50782", "cryptography", side=Side.APPLICATION, fixed_in=("42.0.0",), epss=0.59),
)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_known_exploited_flaw_with_a_long_fixed_version_fits_and_the_version_is_whole(
    language: str,
) -> None:
    text = write_scan(msgspec.structs.replace(REPORT, findings=LONG, actions=()), language)
    rows = [line for line in text.splitlines() if "CVE-2023-" in line and "explain" not in line]
    assert all(width(line) <= 80 for line in rows)
    assert "2.36-9+deb12u3" in rows[0]
    assert "cryptography" in rows[1]


def test_a_side_is_a_whole_word_where_there_is_room() -> None:
    short = (finding("CVE-2026-0001", "zlib", side=Side.APPLICATION),)
    text = write_scan(msgspec.structs.replace(REPORT, findings=short, actions=()), "en")
    assert any("  application  zlib" in line for line in text.splitlines())


def test_what_is_left_out_or_suppressed_was_found_nevertheless() -> None:
    left_out = (Message("findings-not-shown", {"number": 5}),)
    told = write_scan(msgspec.structs.replace(REPORT, findings=(), actions=(), notes=left_out), "en")
    assert "no known flaw" not in told
    assert "none of what was found is of that kind" in told
    borne = (msgspec.structs.replace(LONG[0], suppressed="settings", suppressed_why="borne"),)
    told = write_scan(msgspec.structs.replace(REPORT, findings=borne, actions=(), notes=()), "en")
    assert "no finding counts: all are suppressed" in told
    assert "no known flaw was found" in write_scan(
        msgspec.structs.replace(REPORT, findings=(), actions=(), notes=()), "en"
    )


def test_sections_of_nothing_leave_no_holes() -> None:
    text = write_scan(msgspec.structs.replace(REPORT, findings=(), actions=()), "en")
    assert "\n\n\n" not in text


def test_an_act_in_chinese_leaves_no_word_alone_on_a_line() -> None:
    args = {
        "package": "requests", "version": "2.30.0", "target": "2.31.0",
        "paths": "/srv/shop/lib/python3.13/site-packages/requests-2.30.0.dist-info",
    }  # fmt: skip
    message = Message("upgrade-package", args)
    action = Action(
        key="a", what="upgrade", message=message, command="pip install 'requests>=2.31.0'", owner="application team",
        side=Side.APPLICATION, mends=(LONG[1].key,), due="2023-08-24", days_left=-1190,
    )  # fmt: skip
    text = write_scan(msgspec.structs.replace(REPORT, findings=LONG, actions=(action,)), "zh")
    lines = [line for line in text.splitlines() if "requests" in line or "2.30.0 升级" in line]
    assert any("从 2.30.0 升级到 2.31.0" in line and "逾期 1190 天" in line for line in lines)


def test_an_act_on_a_package_without_a_place_names_none() -> None:
    args = {"package": "django", "version": "3.2", "target": "4.2.30", "paths": ""}
    assert say(Message("upgrade-somewhere", args), "en") == "upgrade django 3.2 -> 4.2.30"


def test_several_owners_of_a_side_are_told_by_a_whole_name() -> None:
    owners = ("application team of the east", "runtime team of the north", "ops")
    found = [
        finding(f"CVE-2026-000{at}", "zlib", owner=owner, severity=severity)
        for at, (owner, severity) in enumerate(zip(owners, ("high", "low", "unknown"), strict=True))
    ]
    text = write_scan(msgspec.structs.replace(REPORT, findings=tuple(found), actions=()), "en")
    assert any(line.startswith(" system side") and line.endswith("  ops +2") for line in text.splitlines())


def test_names_that_differ_at_their_end_are_cut_at_their_front() -> None:
    assert clip_front("registry.example/team/runtime:1", 20) == "...le/team/runtime:1"
    assert clip_front("debian:12", 20) == "debian:12"
    assert width(clip_front("registry.example/团队/运行时:1", 16)) <= 16


def test_two_versions_of_one_package_with_one_flaw_are_told_apart() -> None:
    fixes = ("4.17.21", "4.17.23", "4.18.0")
    twins = tuple(
        finding("CVE-2021-23337", "lodash", key=version, version=version, fixed_in=fixes, side=Side.UNKNOWN)
        for version in ("4.17.11", "4.17.20")
    )
    text = write_scan(msgspec.structs.replace(REPORT, findings=twins, actions=()), "en")
    rows = [line for line in text.splitlines() if "CVE-2021-23337" in line and "explain" not in line]
    assert [version in row for version, row in zip(("4.17.11", "4.17.20"), rows, strict=True)] == [True, True]
    assert all(width(line) <= 80 for line in rows)


def test_an_act_names_the_version_that_has_all_fixes_not_the_most_frequent() -> None:
    fixes = ("1.9-1", "1.9-1", "1.10-1")
    found = tuple(
        finding(f"CVE-2026-{at}", "zlib", fixed_in=(fixed,), actions=("a",)) for at, fixed in enumerate(fixes)
    )
    act = Action(
        key="a", what="rebuild", message=Message("rebuild-layer", {"packages": 1, "names": "zlib", "part": ""}),
        command="docker build .", owner="x", side=Side.SYSTEM, mends=tuple(each.key for each in found),
    )  # fmt: skip
    text = write_scan(msgspec.structs.replace(REPORT, findings=found, actions=(act,)), "en")
    assert "zlib 1.0 -> 1.10-1 (3)" in text


@pytest.mark.parametrize(("kind", "missing"), [("osv", ("Rocky Linux",)), ("starter", ()), ("none", ())])
def test_without_advisories_no_table_says_that_no_flaw_was_found(kind: str, missing: tuple[str, ...]) -> None:
    database = msgspec.structs.replace(REPORT.database, kind=kind, missing=missing)
    bare = msgspec.structs.replace(REPORT, findings=(), actions=(), notes=(), database=database)
    assert "no known flaw was found" not in write_scan(bare, "en")


def test_a_system_without_advisories_is_told_on_the_line_that_says_what_was_found() -> None:
    args = {"name": "Plan 9", "number": 3, "packages": "rc"}
    gap = Gap(where=Where(), message=Message("distribution-without-advisories", args))
    bare = msgspec.structs.replace(REPORT, findings=(), actions=(), notes=(), gaps=(gap,))
    assert "no known flaw was found in what could be judged; the rest" in write_scan(bare, "en")
    assert "在能够判断的部分中未发现已知漏洞" in write_scan(bare, "zh")


def test_a_name_without_a_blank_goes_on_in_the_next_line() -> None:
    image = msgspec.structs.replace(REPORT.image, reference="registry.example/" + "deep/" * 50 + "app:1")
    lines = write_scan(msgspec.structs.replace(REPORT, image=image), "en").splitlines()
    assert all(width(line) <= 80 for line in lines[:6])
    assert image.reference in "".join(lines[:6])


def twice() -> tuple[Finding, ...]:
    """One flaw of one package in two places."""
    one = finding("CVE-2021-44228", "log4j-core", side=Side.APPLICATION, kev=True, fixed_in=("2.15.0",))
    return tuple(
        msgspec.structs.replace(one, key=name, paths=(f"app/{name}.jar",), inside="lib/log4j.jar")
        for name in ("a", "b")
    )


def test_copies_that_a_row_cannot_tell_apart_are_one_row_with_their_number_and_a_ticket_names_their_places() -> (
    None
):
    act = Action(
        key="1",
        what="upgrade",
        message=Message("wait", {}),
        command="",
        owner="shop",
        side=Side.APPLICATION,
        mends=("a", "b"),
    )
    report = msgspec.structs.replace(REPORT, findings=twice(), actions=(act,))
    rows = [line for line in write_scan(report, "en").splitlines() if line.startswith(" CVE-")]
    assert len(rows) == 1
    assert "log4j-core (2)" in rows[0]
    assert write_markdown([report], "en").decode().count("| log4j-core (2) |") == 1
    ticket = write_ticket(report, "shop", "en")
    assert all(f"`/app/{name}.jar!lib/log4j.jar`" in ticket for name in ("a", "b"))
    assert b",app/a.jar!lib/log4j.jar," in write_csv([report])
    borne = [msgspec.structs.replace(e, suppressed="settings", suppressed_why="borne") for e in twice()]
    text = write_scan(
        msgspec.structs.replace(report, findings=tuple(borne), actions=()), "en", show_suppressed=True
    )
    assert text.count(" CVE-2021-44228  log4j-core (2)  settings  borne") == 1


def test_all_shows_all_findings_and_acts_in_every_form_that_says_so() -> None:
    many = tuple(
        msgspec.structs.replace(finding(f"CVE-2026-{number:04}", "zlib"), key=f"{number}")
        for number in range(80)
    )
    acts = tuple(
        Action(
            key=each.key,
            what="upgrade",
            message=Message("wait", {}),
            command="",
            owner="shop",
            side=Side.SYSTEM,
            mends=(each.key,),
        )
        for each in many
    )
    one = msgspec.structs.replace(acts[0], mends=tuple(each.key for each in many))
    report = msgspec.structs.replace(REPORT, findings=many, actions=acts)
    ticket = msgspec.structs.replace(report, actions=(one,))
    assert "--all" in write_scan(report, "en")
    assert "--all" in write_markdown([report], "en").decode()
    assert "--all" in write_ticket(ticket, "shop", "en")
    for text in (
        write_scan(report, "en", every=True),
        write_markdown([report], "en", every=True).decode(),
        write_ticket(ticket, "shop", "en", every=True),
    ):
        assert "--all" not in text
        assert all(each.id in text for each in many)


def test_a_wider_terminal_shows_names_and_versions_that_eighty_columns_cut() -> None:
    long = (finding("x_RETIREJS-lodash-n2345", "a-package-with-a-name", fixed_in=("1.2.3-1+deb12u1",)),)
    report = msgspec.structs.replace(REPORT, findings=long, actions=())
    assert "a-package-with-a-name  1.2.3-1+deb12u1" not in write_scan(report, "en")
    wide = write_scan(report, "en", columns=100)
    assert "a-package-with-a-name  1.2.3-1+deb12u1" in wide
    assert max(map(width, wide.splitlines())) <= 100


def test_the_sums_of_a_comment_hold_findings_of_no_known_severity_too_and_an_end_of_support_waits_for_nothing() -> (
    None
):
    ended = msgspec.structs.replace(
        finding("EOL-debian-12", "Debian 12", severity="unknown", status="no fix yet", fixed_in=()),
        ecosystem="end of life",
        published="2026-07-11",
        owner="shop",
    )
    report = msgspec.structs.replace(REPORT, findings=(ended,), actions=())
    comment = write_markdown([report], "en").decode()
    assert "| low | other | overdue |" in comment
    assert "| - | - | - | - | 1 |" in comment
    assert "ended 2026-07-11" in comment
    assert "without any fix yet" not in write_ticket(report, "shop", "en")


def test_what_nobody_will_fix_is_no_waiting() -> None:
    found = (
        finding("CVE-1", "openssl", actions=("a1",)),
        finding("CVE-2", "zlib", status="no fix yet", fixed_in=()),
        finding("CVE-3", "curl", status="will not fix", fixed_in=()),
        finding("CVE-4", "tiff", status="will not fix", fixed_in=()),
        finding("CVE-5", "aom", status="will not fix", fixed_in=(), suppressed="vex"),
    )
    act = msgspec.structs.replace(REPORT.actions[0], mends=(found[0].key,))
    report = msgspec.structs.replace(REPORT, findings=found, actions=(act,))
    text = " ".join(write_scan(report, "en").split())
    assert (
        "4 findings: 1 can be mended by 1 action; 1 without any fix yet; 2 that the publisher will not fix"
        in text
    )
    assert "1 项尚无任何修复；2 项发布方不予修复" in write_scan(report, "zh").replace("\n ", "")
    none = " ".join(write_scan(msgspec.structs.replace(report, actions=()), "en").split())
    assert "4 findings: none can be mended here now; 1 without any fix yet; 1 with a fix" in none
    ticket = write_ticket(report, "infrastructure", "en")
    assert "- 1 of yours without any fix yet" in ticket
    assert "- 2 of yours that the publisher will not fix" in ticket
    assert [each["status"] for each in msgspec.json.decode(msgspec.json.encode(report))["findings"]][1:3] == [
        "no fix yet",
        "will not fix",
    ]
    rest = msgspec.structs.replace(report, findings=found[:2])
    assert "will not fix" not in write_ticket(rest, "infrastructure", "en") + write_scan(rest, "en")
