"""What a deployment says, or leaves out, in Chinese. The audit's own English stands where it is decided; `{}` is what the
deployment wrote, which stays as it is, as do the names of settings.

Such settings come one after the other, a semicolon between them.
"""

from __future__ import annotations

import re
from functools import lru_cache

# fmt: off
_CHINESE = {
    "AppArmor default": "AppArmor 默认配置",
    "CPU not set": "未设置 CPU",
    "PIDs limit not set": "未设置 PIDs 上限",
    "SELinux label {}": "SELinux 标签 {}",
    "add -": "未添加",
    "add {}": "添加 {}",
    "automountServiceAccountToken: not set": "未设置 automountServiceAccountToken",
    "build": "由 build 构建",
    "cgroup parent default": "默认的 cgroup 父级",
    "cgroup parent {}": "cgroup 父级 {}",
    "drop -": "未去除",
    "drop {}": "去除 {}",
    "drop: [ALL] not set": "未设置 drop: [ALL]",
    "health check": "有健康检查",
    "hostUsers: not set": "未设置 hostUsers",
    "memory not set": "未设置内存上限",
    "memory {}": "内存 {}",
    "network default": "默认网络",
    "network own": "独立网络",
    "network {}": "网络 {}",
    "no health check": "没有健康检查",
    "no probe": "没有探针",
    "no such mount": "没有此类挂载",
    "none": "无",
    "none below 1024": "没有低于 1024 的端口",
    "none on every interface": "没有绑定所有网络接口的端口",
    "none shared": "没有共享的挂载",
    "only exposed ports": "仅为已声明的端口",
    "probe": "有探针",
    "read-only root: {}": "只读根文件系统：{}",
    "restart no": "不自动重启",
    "restart {}": "重启策略 {}",
    "seccomp default": "seccomp 默认配置",
    "seccompProfile not set": "未设置 seccompProfile",
    "the pod: {}": "Pod：{}",
    "ulimits not set": "未设置 ulimits",
    "userns of the engine": "userns 取决于容器引擎",
    "{} (tag {}, pull not set)": "{}（标签 {}，未设置拉取策略）",
    "{} (tag {}, pull {})": "{}（标签 {}，拉取策略 {}）",
    "{} setuid files": "{} 个 setuid 文件",
    "{}: own": "{}：独立",
}
# fmt: on


def setting_in(language: str, setting: str) -> str:
    """A setting in `language`; what has no translation is the deployment's own."""
    if language != "zh":
        return setting
    return "；".join(_chinese(part) for part in setting.split("; "))


def _chinese(part: str) -> str:
    if part in _CHINESE:
        return _CHINESE[part]
    found = ((pattern.fullmatch(part), chinese) for pattern, chinese in _templates())
    return next((chinese.format(*match.groups()) for match, chinese in found if match), part)


@lru_cache(maxsize=1)
def _templates() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(re.escape(english).replace(r"\{\}", "(.*)"), re.DOTALL), chinese)
        for english, chinese in _CHINESE.items()
        if "{}" in english
    )
