"""Words about how an image is run: what a deployment has besides, and what its lines start."""

from __future__ import annotations

# fmt: off
WORDS = {
    "check-not-found": ("{where}: {check} runs {program}, which is not in the image", "{where}：{check} 运行 {program}，但镜像中没有该程序"),
    "check-without-interpreter": ("{where}: {check} runs /{program}, a script for {interpreter}, which is not in the image", "{where}：{check} 运行 /{program}，该脚本由 {interpreter} 解释，但镜像中没有该程序"),
    "deployed-by-profile": ("starts only with profile {profiles}; judged because nothing else runs the image", "仅在启用 profile {profiles} 时启动；因无其他容器运行该镜像而判定"),
    "deployed-not-started": ("not judged: starts only with profile {profiles}", "未判定：仅在启用 profile {profiles} 时启动"),
    "deployed-only-one": ("taken for this image because it is the only one", "因是唯一的容器而视为运行该镜像"),
    "deployed-other-tag": ("the same repository, another tag", "同一仓库，标签不同"),
    "deployment": ("Deployment", "部署"),
    "deployment-judged": ("runs this image", "运行该镜像"),
    "deployment-more": ("{number} more", "另有 {number} 个"),
    "deployment-other": ("besides", "其余"),
    "deployment-taken": ("{files} beside it was taken too, as `docker compose up` does", "同目录的 {files} 也已一并读取，与 `docker compose up` 一致"),
    "deployment-unset": ("the variables {names} are set nowhere: nothing was put in their place", "变量 {names} 未设置：按空值处理"),
    "deployment-variables-missing": ("this file of variables is not there: what it would set is not known", "该变量文件不存在：无从得知其设置"),
    "deployment-where": ("Workload", "容器"),
    "deployment-workloads": ("{number} workload{number:s}, {judged} judged as this image", "{number} 个容器，其中 {judged} 个按该镜像判定"),
    "mend-check": ("bring the program, or check with one that is there: the application itself, its own port", "请安装该程序，或改用镜像内已有的方式检查：应用自身或其端口"),
    "needs-branch": ("whether the line comes to that program: what it asks for before", "该命令行是否会执行到该程序：取决于其前的条件"),
    "start-may-not-find": ("the line may come to {program}, which is not in the image", "该命令行可能执行到 {program}，但镜像中没有该程序"),
}
