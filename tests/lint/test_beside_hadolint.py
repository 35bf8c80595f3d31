"""Beside hadolint itself, rule by rule: every difference has its reason in a closed list."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from seamline.formats.dockerfile.parse import parse_dockerfile
from seamline.lint.judge import judge
from seamline.lint.rules.listing import BY_ID
from seamline.lint.view import view_of
from tests.lint.dockerfiles import DOCKERFILES
from tests.lint.odd import ODD
from tests.neighbours import need

pytestmark = pytest.mark.real
SAMPLES = Path(__file__).parent / "samples"
NAMES = sorted(DOCKERFILES)
APT = "hadolint does not look at `apt`, which installs as apt-get does"
CHECK = "a health check in shell form starts no process 1: nothing waits for its signals"
LABELS = "hadolint asks about labels only with a list of them; the standard ones have their forms anyway"
VARIABLE = "a variable of the parent: its value may well be a number (and is)"
ROOT = "root by name is DL3002's, and no number mends it"
OURS: Mapping[tuple[str, str, int], str] = {
    ("ubuntu-tools", "DL3008", 2): APT,
    ("ubuntu-tools", "DL3015", 2): APT,
    ("ubi-microdnf", "DL3051", 3): LABELS,
    ("ubi-microdnf", "DL3052", 3): LABELS,
    ("ubi-microdnf", "DL3053", 3): LABELS,
    ("labels-many", "DL3051", 3): LABELS,
    ("labels-many", "DL3052", 3): LABELS,
    ("labels-many", "DL3053", 3): LABELS,
    ("labels-many", "DL3056", 3): LABELS,
    ("ubuntu-ppa", "DL3008", 3): APT,
    ("ubuntu-ppa", "DL3015", 3): APT,
    ("onbuild-base", "DL3066", 5): "what ONBUILD starts is judged as if it stood there",
}
"""What we find and hadolint does not: sample, rule, line of the instruction."""
THEIRS: Mapping[tuple[str, str, int], str] = {
    ("continuations", "DL3025", 12): CHECK,
    ("nginx-built", "DL3025", 7): CHECK,
    ("continuations", "DL3059", 11): "a JSON form cannot be joined with &&",
    ("php-fpm-alpine", "DL3019", 2): "the same step removes /var/cache/apk: nothing stays",
    ("alpine-ssh", "DL3019", 2): "the same step removes /var/cache/apk: nothing stays",
    ("comments-everywhere", "DL3025", 16): "forgiven by a comment to BuildKit's check",
    ("copy-flags", "DL3020", 9): "a repository of git is fetched: COPY cannot",
    ("elixir-release", "DL3009", 17): "the same step removes the files of the lists",
    ("php-pecl-alpine", "DL3018", 2): "what the variable holds has its versions there",
    ("platform-pinned", "DL3029", 5): "the stage is named for its processor (BuildKit's reading)",
    ("dotnet", "DL3066", 10): VARIABLE,
    ("dotnet-alpine", "DL3066", 13): VARIABLE,
    ("jupyter", "DL3066", 4): VARIABLE,
    ("java-tomcat-legacy", "DL3066", 7): ROOT,
    ("jenkins-agent", "DL3066", 2): ROOT,
    ("jupyter", "DL3066", 2): ROOT,
    ("ignored", "DL3004", 6): "forgiven by a comment that names seamline",
}
"""What hadolint finds and we do not."""
UNREAD = {
    "haproxy": "an address in EXPOSE, which BuildKit takes with a warning (SL3015)",
    "heredoc-debian": "its parser ends at the second heredoc; BuildKit's and ours do not",
    "heredoc-scripts": "its parser ends at a heredoc that chomps tabs",
    "heredoc-several": "two heredocs in one instruction",
    "run-flags": "--device",
}
"""What hadolint cannot read (DL1000)."""
FINAL_ALONE = "DL3057"
"""A health check is asked for where a container starts: in the final stage, not in each."""


ODD_ONES: Mapping[tuple[str, str, int], str] = {
    ("add-url", "DL3020", 4): "theirs: a repository of git is fetched, COPY cannot",
    ("arg-base", "DL3066", 4): f"theirs: {ROOT}",
    ("arg-latest", "DL3007", 2): "ours: the variable says latest",
    ("gem-go", "DL3062", 2): "theirs: a path without a dot is of the module at hand, or of Go itself",
    ("health", "DL3025", 3): f"theirs: {CHECK}",
    ("heredoc-bash", "DL4006", 2): "theirs: the script is bash's and says so itself",
    ("labels", "DL3053", 2): f"ours: {LABELS}",
    ("onbuild-add", "DL3020", 2): "ours: what ONBUILD starts is judged as if it stood there",
    ("onbuild-add", "DL3025", 3): "ours: the same",
    ("onbuild-add", "DL3045", 2): "ours: the same",
    ("set-pipefail", "DL4006", 2): "theirs: the step sets it itself, and fails where its shell cannot",
    ("sudo-deep", "DL3008", 2): "ours: what sudo runs within sh -c is installed all the same",
    ("sudo-deep", "DL3015", 2): "ours: the same",
    ("user-mix", "DL3066", 2): f"theirs: {ROOT}",
    ("user-var", "DL3002", 3): "ours: the variable says root",
    ("wget-curl", "DL4001", 3): "theirs: both are told where the second of them comes in, once",
}
"""The differences on the odd ones, and who is right."""
ODD_UNREAD = ("heredoc-copy", "heredoc-mount", "workdir")
"""What hadolint cannot read, or fails on, among them."""


def hadolint(path: Path) -> set[tuple[str, int]]:
    done = subprocess.run(
        ["hadolint", "-c", str(SAMPLES / "hadolint.yaml"), "-f", "json", "--no-fail", str(path)],
        capture_output=True,
        check=False,
    )
    told = json.loads(done.stdout) if done.stdout else [{"code": "DL1000", "line": 1}]
    return {(each["code"], each["line"]) for each in told}


@pytest.mark.parametrize("name", sorted(ODD))
def test_an_odd_file_is_judged_as_hadolint_does_or_the_difference_is_decided(
    name: str, tmp_path: Path
) -> None:
    need("hadolint")
    data = ODD[name].encode()
    (tmp_path / "Dockerfile").write_bytes(data)
    dockerfile = parse_dockerfile(data)
    starts = [each.start_line for each in dockerfile.instructions]
    told = hadolint(tmp_path / "Dockerfile")
    assert ("DL1000" in {code for code, _ in told}) == (name in ODD_UNREAD)
    if name in ODD_UNREAD:
        return
    ours = {
        (each.rule, max(at for at in starts if at <= each.line))
        for each in judge(view_of(dockerfile, None))
        if each.rule.startswith("DL") and not each.ignored
    }
    last = max(each.start_line for each in dockerfile.instructions if each.keyword == "FROM")
    theirs = {(code, max(at for at in [0, *starts] if at <= line)) for code, line in told if code in BY_ID}
    theirs = {(code, line) for code, line in theirs if code != FINAL_ALONE or line >= last}
    assert ours ^ theirs == {(rule, line) for sample, rule, line in ODD_ONES if sample == name}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_judged_as_hadolint_does(name: str) -> None:
    need("hadolint")
    dockerfile = parse_dockerfile(DOCKERFILES[name].read_bytes())
    starts = [each.start_line for each in dockerfile.instructions]

    def start(line: int) -> int:
        return max(each for each in starts if each <= line)

    told = hadolint(DOCKERFILES[name])
    assert ("DL1000" in {code for code, _ in told}) == (name in UNREAD)
    if name in UNREAD:
        return
    theirs = {(code, start(line)) for code, line in told if code in BY_ID}
    ours = {
        (each.rule, start(each.line))
        for each in judge(view_of(dockerfile, None))
        if each.rule.startswith("DL") and not each.ignored
    }
    froms = {each.start_line for each in dockerfile.instructions if each.keyword == "FROM"}
    last = max(froms)
    theirs -= {(FINAL_ALONE, line) for line in froms - {last}}
    assert ours - theirs == {(rule, line) for sample, rule, line in OURS if sample == name}
    assert theirs - ours == {(rule, line) for sample, rule, line in THEIRS if sample == name}


def test_the_samples_are_many_and_bring_most_rules_to_speak() -> None:
    assert len(NAMES) >= 30
    spoken = {
        each.rule
        for name in NAMES
        for each in judge(view_of(parse_dockerfile(DOCKERFILES[name].read_bytes()), None))
    }
    silent = {rule for rule in BY_ID if rule.startswith("DL")} - spoken
    assert silent <= {
        "DL3026",
        "DL3029",
        "DL3046",
        "DL3055",
        "DL3056",
        "DL3065",
        "DL4001",
        "DL4004",
        "DL3003",
    }
