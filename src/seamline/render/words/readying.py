"""Readiness for least privilege. One line an id, in alphabetical order: English, Chinese."""

from __future__ import annotations

# fmt: off
WORDS = {
    "kubernetes-says": ("the same for Kubernetes", "对应的 Kubernetes 设置"),
    "least-privilege": ("LEAST PRIVILEGE", "最小权限"),
    "mend-capability": ("--cap-add {capability}, or setcap -r the file", "加 --cap-add {capability}，或对该文件执行 setcap -r"),
    "mend-low-port": ("listen above 1023, or --sysctl {sysctl}", "改用 1023 以上端口，或加 --sysctl {sysctl}"),
    "mend-mounts": ("the mounts below", "下面的挂载"),
    "mend-own-folder": ("RUN install -d -o {uid} {path}", "RUN install -d -o {uid} {path}"),
    "mend-tmpfs": ("--tmpfs {path}", "加 --tmpfs {path}"),
    "mend-volume": ("a volume at {path}", "在 {path} 挂载卷"),
    "ready-as-is": ("yes", "可以"),
    "ready-file-capability": ("the started file carries {capability}, and the kernel refuses to run it without", "启动文件带有能力 {capability}，缺少该能力时内核拒绝执行"),
    "ready-low-port": ("port {port} is under 1024", "端口 {port} 小于 1024"),
    "ready-needs-root": ("{server} starts as root only", "{server} 只能以 root 启动"),
    "ready-no": ("no", "不可以"),
    "ready-no-capabilities": ("without capabilities", "不带任何能力"),
    "ready-nobody-knows": ("nobody knows what {program} writes: try the line below", "尚不清楚 {program} 会写入哪些路径：请试用下面的命令"),
    "ready-non-root": ("as no root", "非 root 运行"),
    "ready-not-executable": ("/{path} is not executable for others", "其他用户无权执行 /{path}"),
    "ready-not-own": ("{paths}: uid {owner} owns them", "{paths} 属于 uid {owner}"),
    "ready-read-only": ("on a read-only root", "只读根文件系统"),
    "ready-root": ("no USER is set: it starts as root", "未设置非 root 的 USER：以 root 启动"),
    "ready-root-capabilities": ("{server} needs {capabilities}", "{server} 需要 {capabilities}"),
    "ready-run-line": ("it would start so", "可这样启动"),
    "ready-state-not-own": ("{path} keeps its data and belongs to uid {owner}", "{path} 保存数据，却属于 uid {owner}"),
    "ready-unknown": ("unknown", "未知"),
    "ready-user-missing": ("USER {user} stands in no passwd of the image", "镜像的 passwd 中没有 USER {user}"),
    "ready-with-settings": ("with settings", "配合设置可以"),
    "ready-writes-cache": ("writes its cache to {path} ({by})", "向 {path} 写入缓存（{by}）"),
    "ready-writes-configuration": ("writes configuration to {path} ({by})", "向 {path} 写入配置（{by}）"),
    "ready-writes-log": ("writes logs to {path} ({by})", "向 {path} 写入日志（{by}）"),
    "ready-writes-pid": ("writes a pid file or socket to {path} ({by})", "向 {path} 写入 pid 文件或套接字（{by}）"),
    "ready-writes-state": ("keeps data in {path} ({by})", "在 {path} 保存数据（{by}）"),
    "ready-writes-temporary": ("writes temporary files to {path} ({by})", "向 {path} 写入临时文件（{by}）"),
}
