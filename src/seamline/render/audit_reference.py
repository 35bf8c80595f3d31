"""The page of the audit's rules: what each asks, what decides it, how bad a fail is, where else it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from seamline.render.words import word


class Row(NamedTuple):
    """One rule: what decides it, the ids of what mends a fail, its other names."""

    name: str
    title: str
    severity: str
    decided: str
    mends: Sequence[str]
    tags: Sequence[str]


_HEAD = """# Rules of `seamline audit`

Made by `script/make-audit-rules` from the rules themselves. Numbers and titles of CIS rules are those of the CIS Docker
Benchmark v1.6.0; everything else is in our own words. A rule says pass, fail, undecidable (with what would decide it),
superseded or not applicable, for each side that it concerns. `<word>` in what mends a fail is filled in the report, where
it stands beside the fail: `seamline explain IMAGE RULE`. Rules of one list alone: `seamline audit IMAGE --tag "PSS restricted"`.

由 `script/make-audit-rules` 根据规则生成。CIS 规则的编号与标题取自 CIS Docker Benchmark v1.6.0，其余均为我们自己的表述。
"""


def write_reference(rows: Sequence[Row]) -> str:
    """The page, ending in a newline."""
    return "\n".join((_HEAD, *(line for row in rows for line in _section(row))))


def _section(row: Row) -> Iterator[str]:
    name, title, severity, decided, mends, tags = row
    key = name.lower()
    yield f"## {name}: {title}\n"
    yield f"{word(f'rule-{key}', 'zh')}\n"
    yield f"- {word('label-asks', 'en')}: {word(f'asks-{key}', 'en')}. {word(f'asks-{key}', 'zh')}。"
    yield (
        f"- {word('label-decided', 'en')}: {word(f'decided-{decided}', 'en')}. {word(f'decided-{decided}', 'zh')}。"
    )
    yield f"- {word('label-severity', 'en')}: {severity}. {word(f'severity-{severity}', 'zh')}。"
    if mends:
        english, chinese = (_texts(mends, language) for language in ("en", "zh"))
        yield f"- {word('label-mend', 'en')}: {'; '.join(english)}. {'；'.join(chinese)}。"
    names = ", ".join(tag for tag in tags if tag)
    yield f"- {word('label-tags', 'en')}: {names}.\n" if names else ""


def _texts(mends: Sequence[str], language: str) -> Sequence[str]:
    """What mends a fail, with the names of what each report fills in."""
    return [word(each, language, **{name: f"<{name}>" for name in ("image", "uid")}) for each in mends]
