"""From which day a deadline counts, and that it is called what it is: the publisher's, an advisory's, or of a last change."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from seamline.advisories.renewals import lacks
from seamline.model.finding import Deadline, Finding
from seamline.render.scan_acts import due_words
from tests.advisories.records import Shelf, deb, record
from tests.advisories.test_acts import decided_on, stock_of
from tests.advisories.test_series import APPLICATION

DAY, CHANGED = "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"
FIX = ({"introduced": "0"}, {"fixed": "2"})


def found(*records: dict[str, Any]) -> Finding:
    curl = msgspec.structs.replace(deb("curl", "1"), origin_layer=0, current_layer=0)
    (finding,) = decided_on(stock_of([curl], [APPLICATION]), Shelf(*records)).findings
    return finding


def of_debian(name: str, **more: Any) -> dict[str, Any]:
    return record(name, "Debian:12", "curl", *FIX, **more)


@pytest.mark.parametrize(
    ("records", "since", "because"),
    [
        ([of_debian("DEBIAN-CVE-2026-1", upstream=["CVE-2026-1"])], "2026-01-01", "advisory"),
        ([of_debian("DEBIAN-CVE-2026-1", upstream=["CVE-2026-1"], published="")], "2026-01-02", "modified"),
        ([of_debian("DSA-1-1", upstream=["CVE-2026-1"])], "2026-01-01", "distribution"),
        ([of_debian("DSA-1-1", upstream=["CVE-2026-1"], published="")], "2026-01-02", "modified"),
    ],
)
def test_a_deadline_says_which_day_of_an_advisory_it_counts_from(
    records: list[dict[str, Any]], since: str, because: str
) -> None:
    deadline = found(*records).deadline
    assert deadline is not None
    assert (deadline.since, deadline.because) == (since, because)


def test_of_an_advisory_that_tells_its_last_change_alone_nobody_says_when_it_came_out() -> None:
    finding = found(of_debian("DEBIAN-CVE-2026-1", upstream=["CVE-2026-1"], published=""))
    assert due_words(finding, "en").endswith(
        "counted from 2026-01-02, when the advisory last changed: it tells no day of publication"
    )
    assert due_words(finding, "zh").endswith("自 2026-01-02 公告最近一次修改起计（公告未注明发布日期）")


def test_a_base_is_not_said_to_lack_a_fix_since_the_day_on_which_its_advisory_only_changed() -> None:
    dated = found(of_debian("DEBIAN-CVE-2026-1", upstream=["CVE-2026-1"]))
    changed = found(of_debian("DEBIAN-CVE-2026-1", upstream=["CVE-2026-1"], published=""))
    nowhere = msgspec.structs.replace(changed, deadline=None)
    kev = Deadline(due="2026-02-01", since="2026-01-02", because="kev", days_left=1)
    told = [
        lacks("base:1", each).id
        for each in (dated, changed, nowhere, msgspec.structs.replace(changed, deadline=kev))
    ]
    assert told == ["base-lacks-the-fix", *["base-lacks-the-fix-by"] * 3]
