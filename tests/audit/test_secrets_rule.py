"""CIS-4.10 both ways."""

from __future__ import annotations

from typing import Any

from seamline.model.package import Side
from seamline.model.secret import SecretLine
from tests.audit.cases import case, verdicts


def line(**more: Any) -> SecretLine:
    values: dict[str, Any] = {
        "kind": "npm-token", "place": "file", "path": "root/.npmrc", "state": "visible", "side": Side.APPLICATION,
        "stratum": "app", "group": 1, "layer": 1, "line": 1,
    }  # fmt: skip
    return SecretLine(**{**values, **more})


def test_a_secret_fails_the_part_that_has_it_a_deleted_one_too() -> None:
    found = (line(), line(state="deleted", until=1, layer=0, side=Side.SYSTEM, stratum="debian"))
    assert verdicts(case(secrets=found), "CIS-4.10") == [("fail", "application"), ("fail", "system")]


def test_an_image_without_one_passes() -> None:
    assert verdicts(case(), "CIS-4.10") == [("pass", "")]
