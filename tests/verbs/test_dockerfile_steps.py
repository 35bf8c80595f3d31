"""A Dockerfile decides the rules about build steps, with the lines where they are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamline.audit import RULES
from seamline.audit.rule import judge
from seamline.errors import NotFound
from seamline.model.audit import Verdict
from seamline.verbs.dockerfile_steps import read_steps
from tests.audit.cases import case as a_case

RULES_OF_STEPS = ("CIS-4.7", "CIS-4.9", "CIS-4.11", "SL-0016")


def verdicts(tmp_path: Path, text: str) -> dict[str, tuple[Verdict, int | None]]:
    path = tmp_path / "Dockerfile"
    path.write_text(text)
    found = {}
    for line in judge(RULES, a_case(steps=read_steps(str(path)))):
        if line.id in RULES_OF_STEPS:
            where = line.evidence[0].where if line.evidence else None
            found[line.id] = (line.verdict, where.line if where is not None else None)
    return found


def test_each_rule_fails_with_the_line_of_its_step(tmp_path: Path) -> None:
    text = """FROM debian:12
RUN apt-get update
RUN apt-get upgrade -y && \\
    apt-get install -y --allow-unauthenticated nginx
ADD site /var/www/html
"""
    assert verdicts(tmp_path, text) == {
        "CIS-4.7": (Verdict.FAIL, 2),
        "CIS-4.9": (Verdict.FAIL, 5),
        "CIS-4.11": (Verdict.FAIL, 3),
        "SL-0016": (Verdict.FAIL, 3),
    }


def test_a_build_stage_that_only_hands_files_out_is_no_part_of_the_image(tmp_path: Path) -> None:
    text = """FROM debian:12 AS build
RUN apt-get update
ADD src /src
FROM debian:12
COPY --from=build /src /app
"""
    assert {verdict for verdict, _ in verdicts(tmp_path, text).values()} == {Verdict.PASS}


def test_a_root_filesystem_on_scratch_is_what_add_is_for(tmp_path: Path) -> None:
    assert verdicts(tmp_path, "FROM scratch\nADD rootfs.tar /\n")["CIS-4.9"][0] == Verdict.PASS


def test_a_heredoc_is_read_too(tmp_path: Path) -> None:
    text = "FROM debian:12\nRUN <<EOF\napt-get update\napt-get dist-upgrade -y\nEOF\n"
    assert verdicts(tmp_path, text)["SL-0016"][0] == Verdict.FAIL


def test_a_dockerfile_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_steps(str(tmp_path / "none"))
