"""What an update of the advisories tells while it runs, in Chinese. English stands where it is said; `{}` is what is put in, `[s|]` an end
for many and one for one."""

from __future__ import annotations

import re
from functools import lru_cache

from seamline.expression import expression
from seamline.render.words.hints import hint_in

# fmt: off
_CHINESE = {
    "another update is under way: waiting for it": "另一个更新正在进行：等待其完成",
    "exploited, likely and ended: {} CVE[s|], {} product[s|], taken over": "在野利用、利用概率与支持终止：{} 个 CVE，{} 个产品，已接收",
    "exploited, likely and ended: {} CVE[s|], {} product[s|]": "在野利用、利用概率与支持终止：{} 个 CVE，{} 个产品",
    "fetching the advisories of {}:{} from {} (once; later: seamline db update)": "正在获取 {} 的漏洞数据{}，来自 {}（仅此一次；以后请执行 seamline db update）",
    "made anew, with what it had but not what was imported by hand: {}": "重新建立（含原有生态，不含手工导入的记录）：{}",
    "made anew: {}": "重新建立：{}",
    "warning: older than what was here: {}": "警告：比现有数据更旧：{}",
    "warning: kev: {} entr[ies|y] left out: no CVE is named": "警告：kev：已略去 {} 条：未写明 CVE",
    "warning: kev: {} entr[ies|y] without a day that there is: exploited all the same, due on no day": "警告：kev：{} 条缺少有效日期：仍视为已在野利用，但没有截止日期",
    "warning: left out: {}": "警告：已略去：{}",
    "warning: {} is left as it was: {}": "警告：{} 保持原样：{}",
    "warning: {}": "警告：{}",
    "{} MB of index in {} s": "索引 {} MB，用时 {} 秒",
    "{}: unchanged": "{}：无变化",
    "{}: {} advisor[ies|y] about {} package[s|], taken over": "{}：{} 条公告，涉及 {} 个软件包，已接收",
    "{}: {} advisor[ies|y] about {} package[s|]{}": "{}：{} 条公告，涉及 {} 个软件包{}",
}
_PARTS = {
    ", {} about no flaw in it": "，{} 条与漏洞无关",
    ", {} new or changed": "，{} 条新增或有变化",
    ", {} unreadable": "，{} 条无法读取",
}
# fmt: on
_NEXT_STEP = expression(r"(?s)(.*: expected .* )\((.*)\)")


def progress_in(language: str, line: str) -> str:
    """A line in `language`; as it is where it has no translation."""
    if language != "zh":
        return line
    for pattern, chinese in _templates():
        if match := pattern.fullmatch(line):
            return chinese.format(*map(_inner, match.groups()))
    return line


def _inner(text: str) -> str:
    """What is put in: an error's next step and the lesser counts of an ecosystem are words too."""
    if step := _NEXT_STEP.fullmatch(text):
        return f"{step[1]}({hint_in('zh', step[2])})"
    for english, chinese in _PARTS.items():
        text = re.sub(_pattern(english, r"(\d+)"), lambda match, to=chinese: to.format(*match.groups()), text)  # type: ignore[misc]
    return text


@lru_cache(maxsize=1)
def _templates() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(_pattern(english, "(.*?)"), re.DOTALL), chinese) for english, chinese in _CHINESE.items()
    )


def _pattern(english: str, inner: str) -> str:
    plain = re.escape(english).replace(r"\{\}", inner)
    return re.sub(r"\\\[(\w*)\\\|(\w*)\\\]", r"(?:\1|\2)", plain)
