"""Rules over altered files and native programs, both ways."""

from __future__ import annotations

from seamline.model.altered import AlteredLine
from seamline.model.binary import BinaryLine
from seamline.model.evidence import Message
from seamline.model.package import Side
from tests.audit.cases import case, verdicts


def test_an_altered_file_fails_and_altered_configuration_does_not() -> None:
    line = AlteredLine(
        path="usr/bin/x", package="x", ecosystem="deb", layer=1, side=Side.APPLICATION, stratum="app"
    )
    conf = AlteredLine(path="etc/x", package="x", ecosystem="deb", layer=1, side=Side.APPLICATION, stratum="app", is_configuration=True)  # fmt: skip
    assert verdicts(case(altered=(line,)), "SL-0021") == [("fail", "application")]
    assert verdicts(case(altered=(conf,)), "SL-0021") == [("pass", "")]


def test_a_soft_program_fails_one_rule_and_an_unmet_one_the_other() -> None:
    soft = BinaryLine(path="srv/app", side=Side.APPLICATION, stratum="app", layer=1, soft=("PIE",))
    unmet = BinaryLine(path="srv/app", side=Side.APPLICATION, stratum="app", layer=1, unmet=(Message("elf-no-loader", {"loader": "/lib/x"}),))  # fmt: skip
    assert verdicts(case(binaries=(soft,)), "SL-0022") == [("fail", "application")]
    assert verdicts(case(binaries=(soft,)), "SL-0023") == [("pass", "")]
    assert verdicts(case(binaries=(unmet,)), "SL-0022") == [("pass", "")]
    assert verdicts(case(binaries=(unmet,)), "SL-0023") == [("fail", "application")]
