"""Words about Dockerfiles: what a report says around its findings."""

from __future__ import annotations

# fmt: off
WORDS: dict[str, tuple[str, str]] = {
    "lint-caution-DL3015": ("look whether something relied on a recommended package (ca-certificates for https)", "请确认没有依赖被推荐安装的软件包（如 https 所需的 ca-certificates）"),
    "lint-caution-DL3057": ("it only looks whether the port answers: a request of your own says more", "它只检查端口是否应答：自行发起请求更能说明问题"),
    "lint-caution-DL4006": ("steps that now fail hid a failure before", "现在失败的步骤，以前只是掩盖了失败"),
    "lint-caution-SL1001": ("what the program writes must belong to that user: COPY --chown, or a volume", "程序要写入的内容须属于该用户：使用 COPY --chown 或卷"),
    "lint-clean": ("nothing found", "未发现问题"),
    "lint-dimension-customization": ("customization", "自定义程度"),
    "lint-dimension-security": ("security", "安全性"),
    "lint-dimension-update": ("update", "更新与维护"),
    "lint-fixable": ("--fix", "--fix"),
    "lint-foot-fix": ("--fix mends {fixable} of {number}: seamline lint --fix {name}", "--fix 可修复 {number} 项中的 {fixable} 项：seamline lint --fix {name}"),
    "lint-foot-ignored": ("Ignored      {number} by comments in the file or by the settings", "已忽略       {number} 项（由文件中的注释或设置忽略）"),
    "lint-gate-broken": ("gate {gate} does not hold: {number} finding{number:s}", "门禁 {gate} 未通过：{number} 项"),
    "lint-head": ("{name}   {stages} stage{stages:s}, {instructions} instruction{instructions:s}", "{name}   {stages} 个阶段，{instructions} 条指令"),
    "lint-mended": ("{name}: {number} mended, {left} left for you (seamline lint {name})", "{name}：已修复 {number} 项，{left} 项需人工处理（seamline lint {name}）"),
    "lint-no-shellcheck": ("{number} script{number:s} by ShellCheck: it is not on PATH (apt-get install shellcheck)", "{number} 个脚本未经 ShellCheck 检查：PATH 中没有它（apt-get install shellcheck）"),
    "lint-parent": ("final stage on {reference}{about}", "最终阶段基于 {reference}{about}"),
    "lint-parent-not-read": ("{reference} was not looked at, so its user, shell and packages are unknown (--image {reference})", "未读取 {reference}，其用户、shell 与软件包未知（--image {reference}）"),
    "lint-pinned-alone": ("the digest of {name} is that of {platform} alone (for all platforms: seamline base add registry:{name})", "{name} 的 digest 仅属于 {platform}（要涵盖所有平台：seamline base add registry:{name}）"),
    "lint-runs-as": ("runs as {user}", "运行用户：{user}"),
    "lint-runs-as-nobody-says": ("root, unless {reference} says otherwise", "root，除非 {reference} 另有指定"),
    "lint-runtime-capabilities": ("capabilities (drop all, add the few needed)", "能力（全部丢弃，仅添加所需）"),
    "lint-runtime-escalation": ("no-new-privileges", "no-new-privileges（禁止提权）"),
    "lint-runtime-limits": ("memory, CPU and process limits", "内存、CPU 与进程数限制"),
    "lint-runtime-network": ("published ports and network policy", "发布的端口与网络策略"),
    "lint-runtime-read-only": ("read-only root filesystem", "只读根文件系统"),
    "lint-runtime-seccomp": ("seccomp, AppArmor and SELinux profiles", "seccomp、AppArmor 与 SELinux 配置"),
    "lint-runtime-title": ("Set at run time, not in a Dockerfile:", "在运行时设置，与 Dockerfile 无关："),
    "lint-runtime-volumes": ("mounts, the engine's socket among them", "挂载，包括引擎的套接字"),
    "lint-script-too-long": ("the script in line {line} by ShellCheck: it is too long", "第 {line} 行的脚本过长，未经 ShellCheck 检查"),
    "lint-support-unknown": ("whether {references} still has support: there are no dates (seamline db update)", "{references} 是否仍受支持：没有日期数据（seamline db update）"),
}
