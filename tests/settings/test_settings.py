"""Settings: whose it is, until when, what does not count, what a gate demands."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamline.audit.gates import parse_audit_gate
from seamline.errors import Malformed, SeamlineError, Usage
from seamline.model.advisory import Severity
from seamline.model.package import Side
from seamline.settings.file import Settings, parse_settings
from seamline.settings.gates import breaches, parse_gate
from seamline.settings.ignores import (
    parse_grype_yaml,
    parse_ignore_list,
    parse_trivyignore,
)
from seamline.settings.rules import Rules
from seamline.verbs.terms import Chosen, gather_terms
from tests.settings.findings import finding

TODAY = "2026-06-01"
FILE = b"""
[teams.platform]
sides = ["system"]
contact = "#platform"
[teams.platform.deadlines]
high = 20
[teams.data]
bases = ["registry.corp/data/*"]
[deadlines]
critical = 7
low = false
kev = 3
[[ignore]]
id = "CVE-2026-0001"
package = "openssl*"
reason = "not reachable: no TLS here"
until = 2026-12-31
[gate]
fail-on = ["app=high", "kev"]
"""


def test_without_a_file_there_are_defaults() -> None:
    settings = Settings()
    assert settings.owner_of(Side.SYSTEM) == "infrastructure"
    assert settings.days_for(Severity.HIGH, "infrastructure") == 30
    assert settings.kev_days("infrastructure") is None


def test_a_base_belongs_to_the_team_that_names_it_before_the_team_of_its_side() -> None:
    settings = parse_settings(FILE, "seamline.toml")
    assert settings.owner_of(Side.SYSTEM) == "platform"
    assert settings.owner_of(Side.SYSTEM, ("registry.corp/data/spark:3",)) == "data"
    assert settings.owner_of(Side.APPLICATION) == "application team"


def test_a_teams_own_deadlines_come_before_everybodys() -> None:
    settings = parse_settings(FILE, "seamline.toml")
    assert settings.days_for(Severity.HIGH, "platform") == 20
    assert settings.days_for(Severity.CRITICAL, "platform") == 7
    assert settings.days_for(Severity.LOW, "platform") is None
    assert settings.kev_days("anybody") == 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"[deadline]\nhigh = 1", "did you mean deadlines"),
        (b"[deadlines]\nhigh = -1", "days from 0"),
        (b"[[ignore]]\nid = 'CVE-1'\nuntil = 2026-01-01", "a reason"),
        (b"[[ignore]]\nid = 'CVE-1'\nreason = 'x'", "until when"),
        (b"[teams.a]\nsides = ['middle']", "system, application or unknown"),
        (b"x = [", "TOML"),
        (b"\xff", "TOML"),
    ],
)
def test_what_is_wrong_is_named_with_its_key(text: bytes, told: str) -> None:
    with pytest.raises(Malformed, match=told):
        parse_settings(text, "seamline.toml")


@pytest.mark.parametrize("text", [b"x" + b".x" * 100_000 + b"=1", b"a=" + b"[" * 100_000])
def test_settings_that_would_keep_a_parser_busy_are_refused(text: bytes) -> None:
    with pytest.raises(Malformed, match=r"dots|nested too deep"):
        parse_settings(text, "seamline.toml")


@given(st.binary(max_size=200))
def test_any_bytes_are_settings_or_an_error_of_ours(data: bytes) -> None:
    with suppress(SeamlineError):
        assert isinstance(parse_settings(data, "x"), Settings)


def test_an_ignore_holds_to_its_last_day_and_is_told_of_afterwards() -> None:
    (ignore,) = parse_settings(FILE, "seamline.toml").ignores
    one = finding("CVE-2026-0001", "openssl")
    assert Rules([ignore], "app", "2026-12-31").suppressing(one) == ignore
    assert Rules([ignore], "app", "2027-01-01").suppressing(one) is None
    assert Rules([ignore], "app", "2027-01-01").expired([one]) == [ignore]
    rules = Rules([ignore], "app", TODAY)
    assert rules.suppressing(finding("CVE-2026-0001", "zlib")) is None
    other_name = msgspec.structs.replace(finding("GHSA-1", "openssl"), aliases=("CVE-2026-0001",))
    assert rules.suppressing(other_name) == ignore


def test_trivys_list_is_taken_over_for_ninety_days_unless_it_says_until_when() -> None:
    taken = parse_trivyignore(
        b"# why\nCVE-2026-0001\nGHSA-1 exp:2026-07-01  # later\nAVD-DS-0002\n", ".trivyignore", TODAY
    )
    assert [(i.id, i.until, i.reason) for i in taken.ignores] == [
        ("CVE-2026-0001", "2026-08-30", "imported"),
        ("GHSA-1", "2026-07-01", "imported"),
    ]
    assert taken.left == ("AVD-DS-0002",)


def test_trivys_yaml_keeps_paths_packages_and_statements() -> None:
    text = b"""
vulnerabilities:
  - id: CVE-2026-0001
    paths: ["usr/bin/x"]
    purls: ["pkg:deb/debian/openssl@3.0"]
    statement: not used
    expired_at: 2026-07-01
misconfigurations:
  - id: DS002
"""
    taken = parse_trivyignore(text, ".trivyignore.yaml", TODAY)
    (ignore,) = taken.ignores
    assert (ignore.path, ignore.package, ignore.reason, ignore.until) == (
        "usr/bin/x",
        "pkg:deb/debian/openssl@3.0",
        "not used",
        "2026-07-01",
    )
    assert taken.left == ("misconfigurations: 1",)


def test_grypes_rules_are_taken_over_where_we_can_say_the_same() -> None:
    text = b"""
ignore:
  - vulnerability: CVE-2026-0001
    package: {name: openssl, location: "/usr/**"}
  - fix-state: wont-fix
"""
    taken = parse_grype_yaml(text, ".grype.yaml", TODAY)
    assert [(i.id, i.package, i.path) for i in taken.ignores] == [("CVE-2026-0001", "openssl", "usr/*")]
    assert taken.left == ("fix-state: wont-fix",)


@pytest.mark.parametrize(
    ("gate", "broken"),
    [
        ("high", ["app", "unknown"]),
        ("app=high", ["app", "unknown"]),
        ("system=high", ["unknown"]),
        ("system=medium", ["system", "unknown"]),
        ("kev", ["system"]),
        ("system=kev", ["system"]),
        ("any=critical", []),
        ("app=low,new", ["unknown"]),
        ("unknown=any", ["unknown"]),
    ],
)
def test_a_gate_is_broken_on_its_own_side_and_by_what_has_none(gate: str, broken: list[str]) -> None:
    findings = [
        finding("CVE-1", "a", key="app", side=Side.APPLICATION, severity="high"),
        finding("CVE-2", "b", key="system", side=Side.SYSTEM, severity="medium", kev=True),
        finding("CVE-3", "c", key="unknown", side=Side.UNKNOWN, severity="high"),
    ]
    found = list(breaches([parse_gate(gate)], findings, {"app"}))
    assert [key for breach in found for key in breach.keys] == broken


def test_an_unknown_side_breaks_a_sides_gate_with_its_own_reason() -> None:
    findings = [
        finding("CVE-1", "a", key="app", side=Side.APPLICATION),
        finding("CVE-3", "c", key="unknown", side=Side.UNKNOWN),
    ]
    told = [(each.keys, each.why) for each in breaches([parse_gate("app=high")], findings, set())]
    assert told == [(("app",), ""), (("unknown",), "unknown-side")]
    told = [(each.keys, each.why) for each in breaches([parse_gate("any=high")], findings, set())]
    assert told == [(("app", "unknown"), "")]


def test_what_is_suppressed_breaks_no_gate() -> None:
    ignored = finding("CVE-1", "a", side=Side.APPLICATION, severity="critical", suppressed="settings")
    assert list(breaches([parse_gate("low")], [ignored], set())) == []


@pytest.mark.parametrize("text", ["app=hgih", "middle=high", ""])
def test_a_gate_with_an_unknown_word_is_refused(text: str) -> None:
    with pytest.raises(Usage, match="fail-on"):
        parse_gate(text)


def test_a_gate_of_the_file_that_is_wrong_names_the_file_and_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seamline.toml").write_text('[gate]\nfail-on = ["app=high", "app=hgih"]\n')
    with pytest.raises(Malformed, match=r"seamline.toml!gate.fail-on\[1\]: .*'hgih'"):
        gather_terms(Chosen(is_gated=True), "2026-06-01")
    (tmp_path / "seamline.toml").write_text('[gate]\nfail-on = ["new"]\n')
    with pytest.raises(Usage, match=r"seamline.toml!gate.fail-on\[0\]: .*no --baseline"):
        gather_terms(Chosen(is_gated=True), "2026-06-01")
    (tmp_path / "seamline.toml").write_text('[gate]\nfail-on = "app=high"\n')
    with pytest.raises(Malformed, match=r"seamline.toml!gate.fail-on: "):
        gather_terms(Chosen(is_gated=True), "2026-06-01")


def test_the_documented_example_is_a_valid_file() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "seamline-toml.md").read_text()
    example = page.partition("```toml\n")[2].partition("```")[0]
    assert len(parse_settings(example.encode(), "example").teams) == 3


@pytest.mark.parametrize(
    "text", [b"vulnerabilities: 6", b"vulnerabilities:\n -6", b"vulnerabilities: {a: b}"]
)
def test_what_is_no_list_of_ignores_is_told(text: bytes) -> None:
    with pytest.raises(Malformed, match="a list of vulnerabilities"):
        parse_trivyignore(text, ".trivyignore.yaml", TODAY)
    with pytest.raises(Malformed, match="a list of ignore"):
        parse_grype_yaml(text.replace(b"vulnerabilities", b"ignore"), ".grype.yaml", TODAY)


def test_a_rule_of_another_shape_is_left_and_named() -> None:
    taken = parse_grype_yaml(
        b"ignore:\n  - {vulnerability: CVE-2026-1, package: openssl}\n  - {package: x}\n",
        ".grype.yaml",
        TODAY,
    )
    assert taken.ignores == ()  # never wider than it was meant
    assert len(taken.left) == 2


def test_aliases_that_would_fill_memory_cost_nothing() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 9)}]" for at in range(1, 30)]
    bomb = "\n".join(
        [*lines, "ignore: [*a29, {vulnerability: CVE-2026-1, reason: *a29}]", "vulnerabilities: [*a29]"]
    ).encode()
    with pytest.raises(SeamlineError):
        parse_grype_yaml(bomb, ".grype.yaml", TODAY)
    with pytest.raises(SeamlineError):
        parse_trivyignore(bomb, ".trivyignore.yaml", TODAY)


@pytest.mark.parametrize(
    "called", ["log4j-core", "org.apache.logging.log4j:log4j-core", "org.apache.logging.log4j/log4j-core"]
)
def test_a_maven_artifact_is_ignored_by_every_name_that_tables_and_others_give_it(called: str) -> None:
    found = finding(
        "CVE-2021-44228", "org.apache.logging.log4j/log4j-core", ecosystem="Maven", side=Side.APPLICATION
    )
    text = f"ignore: [{{vulnerability: CVE-2021-44228, package: {{name: '{called}'}}}}]"
    taken = parse_grype_yaml(text.encode(), ".grype.yaml", "2026-06-01")
    assert Rules(taken.ignores, "shop", "2026-06-01").suppressing(found) is not None


def test_what_of_a_grype_rule_cannot_be_said_here_is_shown_with_all_its_braces() -> None:
    taken = parse_grype_yaml(b"ignore: [{package: {type: wordpress-plugin}}]", ".grype.yaml", "2026-06-01")
    assert (taken.ignores, taken.left) == ((), ("package: {type: wordpress-plugin}",))


@pytest.mark.parametrize(
    ("package", "holds"),
    [
        ("{name: openssl, version: '1.0', type: deb}", True),
        ("{name: openssl, version: '1.0'}", True),
        ("{name: openssl, version: '1.1', type: deb}", False),
        ("{name: openssl, version: '1.1'}", False),
        ("{name: openssl, type: deb}", True),
        ("{name: openssl, type: npm}", False),
        ("{type: deb}", True),
        ("{type: rpm}", False),
    ],
)
def test_a_grype_rule_means_the_version_and_kind_that_it_names_whatever_its_file_is_called(
    package: str, holds: bool
) -> None:
    text = f"ignore: [{{vulnerability: CVE-2026-0001, package: {package}}}]".encode()
    taken = parse_ignore_list(text, "our-list.yaml", TODAY)
    assert taken.left == ()
    assert (
        Rules(taken.ignores, "x", TODAY).suppressing(finding("CVE-2026-0001", "openssl")) is not None
    ) == holds


@pytest.mark.parametrize(("version", "holds"), [("1.0", True), ("0.9", False)])
def test_a_trivy_purl_with_a_version_means_that_version(version: str, holds: bool) -> None:
    text = f"vulnerabilities: [{{id: CVE-2026-0001, purls: ['pkg:deb/debian/openssl@{version}?arch=amd64']}}]"
    taken = parse_ignore_list(text.encode(), "our-list.yaml", TODAY)
    assert (
        Rules(taken.ignores, "x", TODAY).suppressing(finding("CVE-2026-0001", "openssl")) is not None
    ) == holds


def test_one_side_has_one_keeper() -> None:
    with pytest.raises(Malformed, match=r"teams\.b\.sides: expected .* got system, which teams\.a keeps"):
        parse_settings(b'[teams.a]\nsides = ["system"]\n[teams.b]\nsides = ["system"]\n', "seamline.toml")
    apart = b'[teams.a]\nsides = ["system"]\n[teams.b]\nsides = ["system"]\nbases = ["x/*"]\n'
    assert parse_settings(apart, "seamline.toml").owner_of(Side.SYSTEM, ("x/y",)) == "b"


@pytest.mark.parametrize("text", ["APP=high", "Application=HIGH", " app =high"])
def test_a_gate_is_understood_in_small_and_large_letters(text: str) -> None:
    gate, same = parse_gate(text), parse_audit_gate(text)
    assert (gate.side, gate.level) == (Side.APPLICATION, Severity.HIGH)
    assert (same.side, same.level) == (Side.APPLICATION, "high")
    assert parse_gate("ANY=kev").side is parse_audit_gate("ANY=low").side is None
    assert parse_gate("sys=low").side == parse_audit_gate("sys=low").side == Side.SYSTEM


def test_an_ignore_of_a_debian_notice_is_taken_over_from_trivy() -> None:
    taken = parse_trivyignore(b"DSA-5678-1\nDS-0002\nKSV-0001\n", ".trivyignore", TODAY)
    assert ([each.id for each in taken.ignores], taken.left) == (["DSA-5678-1"], ("DS-0002", "KSV-0001"))


def test_settings_may_begin_with_the_mark_of_an_editor() -> None:
    assert parse_settings(b'\xef\xbb\xbf[gate]\nfail-on = ["kev"]\n', "seamline.toml").fail_on == ("kev",)
