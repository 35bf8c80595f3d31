"""The seam benchmark as a gate: nothing said wrongly, nearly everything said that evidence shows."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from benchmarks.seam import make
from benchmarks.seam.run import judge


@pytest.mark.slow
def test_no_seam_is_wrong_and_nineteen_of_twenty_are_found(tmp_path: Path) -> None:
    make.write_all(tmp_path)
    verdicts = judge(tmp_path)
    counts = Counter(verdict.outcome for verdict in verdicts)
    assert not [verdict for verdict in verdicts if verdict.outcome == "wrong"]
    assert counts["right"] >= 0.95 * len(verdicts)
    assert len(verdicts) > 100


def test_the_maker_of_the_truth_knows_nothing_of_seamline() -> None:
    for name in ("make", "layouts", "roots"):
        text = Path(make.__file__).with_name(f"{name}.py").read_text()
        assert "import seamline" not in text
        assert "from seamline" not in text
