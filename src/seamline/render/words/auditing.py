"""Rules, attack surface, knobs. One line an id, in alphabetical order: English, Chinese."""

from __future__ import annotations

# fmt: off
WORDS = {
    "mend-healthcheck": ("add HEALTHCHECK CMD with a program that the image has", "请添加 HEALTHCHECK CMD，命令须为镜像内已有的程序"),
    "mend-setuid": ("chmod a-s the files that nothing needs, or run with no-new-privileges", "对无需特权的文件执行 chmod a-s，或以 no-new-privileges 运行"),
    "mend-user": ("create a user in the Dockerfile and end with USER and its number", "在 Dockerfile 中创建用户，并以数字形式的 USER 结尾"),
    "no-healthcheck-set": ("no HEALTHCHECK is set", "未设置 HEALTHCHECK"),
    "no-privileged-files": ("no setuid, setgid or capability-bearing file", "没有 setuid、setgid 或带能力的文件"),
    "privileged-files": ("{number} file{number:s}: {paths}", "{number} 个文件：{paths}"),
    "rule-cis-4.1": ("Ensure that a user for the container has been created", "确保已为容器创建用户"),
    "rule-cis-4.6": ("Ensure that HEALTHCHECK instructions have been added to container images", "确保镜像已添加 HEALTHCHECK 指令"),
    "rule-cis-4.8": ("Ensure setuid and setgid permissions are removed", "确保已移除 setuid 与 setgid 权限"),
    "surface": ("Attack surface", "攻击面"),
    "surface-file-capability": ("file capabilities", "文件能力"),
    "surface-network-client": ("network clients", "网络客户端"),
    "surface-package-manager": ("package managers", "软件包管理器"),
    "surface-setgid-file": ("setgid files", "setgid 文件"),
    "surface-setuid-file": ("setuid files", "setuid 文件"),
    "surface-shell": ("shells", "命令解释器"),
    "user-is": ("runs as {user}, uid {uid}", "以 {user} 运行，uid 为 {uid}"),
    "user-is-root": ("USER {user} is root", "USER {user} 即 root"),
    "user-not-set": ("no USER is set, so it runs as root", "未设置 USER，因此以 root 运行"),
    "user-unknown": ("USER {user} stands in no passwd of the image, so a runtime refuses it", "镜像的 passwd 中没有 USER {user}，运行时会拒绝启动"),
    "verdict-fail": ("fail", "不通过"),
    "verdict-not-applicable": ("not applicable", "不适用"),
    "verdict-pass": ("pass", "通过"),
    "verdict-superseded": ("superseded", "已被取代"),
    "verdict-undecidable": ("undecidable", "无法判定"),
}
