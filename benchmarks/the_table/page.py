"""The page in two languages, out of the figures of three images: A a system image, B nginx on it, C nginx alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from benchmarks.the_table.figures import KNOBS, Figures

from seamline.render.words import owner_name, word

Three = tuple[Figures, Figures, Figures]
Cell = Callable[[Figures, str], str]
Told = Callable[[Three], tuple[str, str]]
"""What the row says, in English and in Chinese."""


class Row(NamedTuple):
    """One claim in both languages, how an image answers it, and what that says."""

    claim: tuple[str, str]
    cell: Cell
    told: Told


def mb(size: int) -> str:
    return f"{size / 1e6:.1f}"


def percent(part: int, whole: int) -> int:
    return round(100 * part / whole)


def _size(each: Figures, language: str) -> str:  # noqa: ARG001 - all cells have the same shape
    return f"{mb(each.total)} MB"


def _surface(each: Figures, language: str) -> str:
    shells, managers, privileged, tools = (
        each.surface[name] for name in ("shells", "managers", "privileged", "tools")
    )
    shown = word("comma", language).join(f"`{name}`" for name in tools) or word("measured-none", language)
    if language == "en":
        return f"shells {len(shells)}, package managers {len(managers)}, setuid, setgid or capabilities {len(privileged)}, network tools: {shown}"
    return f"命令解释器 {len(shells)}、软件包管理器 {len(managers)}、setuid/setgid/文件能力 {len(privileged)}、网络工具：{shown}"


def _fails(each: Figures, language: str) -> str:
    shown = {side: number for side, number in sorted(each.fails.items()) if number}
    sides = [f"{word(f'side-{side}', language)} {number}" for side, number in shown.items()]
    return f"{word('count-fail', language, number=sum(shown.values()))}" + (
        _bracketed(sides, language) if sides else ""
    )


def _fixable(each: Figures, language: str) -> str:
    if each.fixable is None:
        return {"en": "not judged", "zh": "未判定"}[language]
    if not each.fixable:
        return {"en": "0 fixable", "zh": "可修复 0 个"}[language]
    names = word("comma", language).join(each.flawed)
    return {
        "en": f"{each.fixable} fixable, {each.inherited} on the system side ({names})",
        "zh": f"可修复 {each.fixable} 个，系统侧 {each.inherited} 个（{names}）",
    }[language]


def _way(each: Figures, language: str) -> str:
    acts = word("comma", language).join(word(f"force-{act.replace(' ', '-')}", language) for act in each.acts)
    teams = " → ".join(owner_name(owner, language) for owner in each.owners)
    return f"{teams}: {acts}" if language == "en" else f"{teams}：{acts}"


def _knobs(each: Figures, language: str) -> str:
    shown = (
        f"{name} {word('knob-' + each.knobs.get(name, 'unknown').replace(' ', '-'), language)}"
        for name in KNOBS
    )
    return word("comma", language).join(shown)


def _ready(each: Figures, language: str) -> str:
    wants = ("non-root", "read-only", "no-capabilities")
    told = word("comma", language).join(
        f"{word(f'ready-{want}', language)}{word('colon', language)}{word('ready-' + verdict.replace(' ', '-'), language)}"
        for want, verdict in zip(wants, each.ready, strict=True)
    )
    given = [*(f"`{path}`" for path in each.mounts), *(f":{port}" for port in each.ports)]
    return told + (_bracketed(given, language) if given else "")


def _bracketed(names: Sequence[str], language: str) -> str:
    joined = word("comma", language).join(names)
    return f" ({joined})" if language == "en" else f"（{joined}）"


def _waste(each: Figures, language: str) -> str:
    return word("measured-needed", language, mb=mb(each.waste), of=mb(each.total))


def _needed(each: Figures, language: str) -> str:
    if each.needed is None:
        return word("measured-unknown", language)
    share = percent(each.needed, each.total)
    return f"{word('measured-needed', language, mb=mb(each.needed), of=mb(each.total))} ({share} %)"


def _managers(each: Figures, language: str) -> str:
    return ", ".join(each.surface["managers"]) or word("measured-none", language)


def _duty(each: Figures, language: str) -> str:
    if len(each.owners) == 1:
        return owner_name(each.owners[0], language)
    share = percent(each.system, each.total)
    first, last = (owner_name(owner, language) for owner in each.owners)
    return word("comma", language).join((f"{first} {share} %", f"{last} {100 - share} %"))


def _sized(three: Three) -> tuple[str, str]:
    a, b, c = three
    more, share = mb(b.total - a.total), percent(c.total, a.total)
    return (
        f"False as a rule. B is A and {more} MB; C, the same server, is {share} % of A.",
        f"并非规律。B 等于 A 加 {more} MB；同样提供 nginx 的 C 只有 A 的 {share}%。",
    )


def _said(english: str, chinese: str) -> Told:
    return lambda _: (english, chinese)


ROWS = (
    Row(("A system image is small, an application image is large.", "系统镜像小，应用镜像大"), _size, _sized),
    Row(
        ("An application image has a smaller attack surface.", "应用镜像攻击面更小"),
        _surface,
        _said(
            "It has its base's, all of it, and more. Only leaving the base out makes it smaller.",
            "应用镜像全盘继承基础镜像的攻击面，还会增加。只有不带基础镜像才会变小。",
        ),
    ),
    Row(
        ("A system image must be hardened, an application image is.", "系统镜像需要加固，应用镜像已加固"),
        _fails,
        _said(
            "CIS section 4. Building on a base adds failures of one's own: no user, no health check, tools.",
            "CIS 第 4 节。在基础镜像上构建会增加自己的问题：未设用户、无健康检查、多余工具。",
        ),
    ),
    Row(
        ("The risk comes from the base.", "风险来自基础镜像"),
        _fixable,
        _said(
            "Not in a fresh base. It ages: see *inherited from below* in `compare`, for two images, on a day.",
            "新制作的基础镜像并非如此，风险随时间增长：请看 `compare` 中“来自下层的比例”，针对两个镜像、某一天。",
        ),
    ),
    Row(
        ("System images are updated by the vendor, application images by the team.", "系统镜像由厂商更新，应用镜像由团队更新"),
        _way,
        _said(
            "A fix of the system reaches users only through the team on top; the way gets longer, not shorter.",
            "系统侧的修复须经上层团队才能到达用户，路径更长而不是更短。",
        ),
    ),
    Row(
        ("System images are for customizing, application images are configured by environment.", "系统镜像便于定制，应用镜像用环境变量配置"),
        _knobs,
        lambda three: (
            "A knob works only where the image has what it needs: no tzdata, no time zone. Variables read at the start: "
            + ", ".join(f"{letter} {each.reads}" for letter, each in zip("ABC", three, strict=True)) + ".",
            "只有镜像中具备所需内容，设置才会生效：没有 tzdata 就没有时区。启动时读取的变量："
            + "、".join(f"{letter} {each.reads} 个" for letter, each in zip("ABC", three, strict=True)) + "。",
        ),
    ),
    Row(
        ("Application images run with least privilege.", "应用镜像以最小权限运行"),
        _ready,
        _said(
            "As no root, on a read-only root, without capabilities. No nginx does so by itself; both could, given what stands in "
            "brackets: `seamline audit` prints the line.",
            "即非 root、只读根文件系统、无能力。两个 nginx 默认都不如此；给予括号中的内容后都可以：`seamline audit` 会给出命令。",
        ),
    ),
    Row(
        ("What is in a system image is needed.", "系统镜像的内容都是必需的"),
        _waste,
        _said(
            "False: so much could go. Documentation, locales, caches and package lists are needed by nothing that runs.",
            "不成立：表中为可以去掉的部分。文档、区域数据、缓存与软件包列表，运行时都不需要。",
        ),
    ),
    Row(
        ("An application image holds what the application needs.", "应用镜像只含应用所需"),
        _needed,
        _said(
            "What the start command needs with its loader, its libraries and the programs that its scripts name, out of all; its configuration and data are not counted. Of a base it is what its shell needs.",
            "启动命令及其加载器、库以及脚本所指的程序所占比例，不含配置与数据。对基础镜像而言，即其命令解释器所需。",
        ),
    ),
    Row(
        ("An application image has no package manager, so nothing can be installed into it.", "应用镜像没有软件包管理器，无法安装软件"),
        _managers,
        _said("Only C.", "只有 C 如此。"),
    ),
    Row(
        ("Who is responsible is clear.", "责任划分清楚"),
        _duty,
        _said(
            "Clear where the base is known. C has no base that anybody knows, and the report says so.",
            "基础镜像已登记时才清楚。C 没有已知的基础镜像，报告如实说明。",
        ),
    ),
)  # fmt: skip
_HEAD = {
    "en": """# The table, checked

Tables that set system images against application images are copied from page to page. Here their usual claims stand one by
one, and beside each what was measured on three images. `script/make-the-table` makes the images and this page on any Debian
machine; by hand:

```
{commands}
```

Measured on {day} with Debian 12 (bookworm) of that day, linux/amd64. Your figures will differ; the commands do not.

| the usual claim | A debian | B nginx on A | C nginx alone | what that says |
|---|---|---|---|---|
""",
    "zh": """# 逐条核对“系统镜像与应用镜像对比表”

“系统镜像与应用镜像”的对比表到处转载。本页逐条列出其中常见的说法，并在旁边给出在三个镜像上的实测结果。`script/make-the-table` 可在任何 Debian 机器上制作镜像并生成本页；手工执行：

```
{commands}
```

测于 {day}，采用当日的 Debian 12（bookworm），linux/amd64。您测得的数字会不同，命令不变。

| 常见说法 | A debian | B 基于 A 的 nginx | C 仅 nginx | 结论 |
|---|---|---|---|---|
""",
}
_COMMANDS = (
    ("seamline compose examples/debian.yaml --to oci-dir:debian:latest", "A: a system image", "A：系统镜像"),
    ("seamline base add oci-dir:debian:latest --as docker.io/library/debian:12", "", ""),
    ("seamline compose examples/nginx.yaml --to oci-dir:nginx:latest", "B: nginx on A", "B：建立在 A 之上的 nginx"),
    ("seamline compose examples/nginx-distroless.yaml --to oci-dir:alone:latest", "C: nginx and only what it needs", "C：只含 nginx 及其所需"),
    ("seamline compare oci-dir:debian:latest oci-dir:nginx:latest", "the columns A and B", "A、B 两列"),
    ("seamline report oci-dir:alone:latest -f json", "every figure of one image", "单个镜像的全部数字"),
)  # fmt: skip
_FOOT = {
    "en": """
**Which is better?** For a base: A. For a service: neither A nor B as they are. The table answers for these three images alone;
`seamline compare A B` answers for yours, each figure with the side that it is from.

**What was not measured.** Run time behaviour: nothing here was started. Findings need advisories (`seamline db update`): {judged}.
""",
    "zh": """
**哪个更好？** 作为基础镜像：A。作为服务：A 与 B 按现状都不合适。本表只回答这三个镜像；`seamline compare A B` 回答您的镜像，每个数字都注明来自哪一侧。

**未测量的内容。** 运行时行为：没有启动任何容器。漏洞判定需要漏洞数据（`seamline db update`）：{judged}。
""",
}
_JUDGED = {
    "en": ("there were none here", "those were OSV's of Debian"),
    "zh": ("此处没有", "此处为 OSV 的 Debian 数据"),
}


def page(three: Three, day: str, language: str) -> str:
    """The whole page, ending in a newline."""
    return "".join(_parts(three, day, language))


def _parts(three: Three, day: str, language: str) -> Iterator[str]:
    at = 0 if language == "en" else 1
    long = max(len(command) for command, *_ in _COMMANDS)
    commands = "\n".join(f"{each[0]:{long}}  # {each[1 + at]}" if each[1] else each[0] for each in _COMMANDS)
    yield _HEAD[language].format(commands=commands, day=day)
    quote = ('"', '"') if language == "en" else ("“", "”")
    for row in ROWS:
        cells = (row.cell(each, language) for each in three)
        yield f"| {quote[0]}{row.claim[at]}{quote[1]} | {' | '.join(cells)} | {row.told(three)[at]} |\n"
    yield _FOOT[language].format(judged=_JUDGED[language][three[0].fixable is not None])
