"""Words about the rules of Dockerfiles: for each its title, why it matters and what mends it."""

from __future__ import annotations

# fmt: off
WORDS: dict[str, tuple[str, str]] = {
    "lint-DL3002": ("the stage ends as root", "阶段结束时用户为 root"),
    "lint-DL3004": ("sudo in a build step", "构建步骤中使用 sudo"),
    "lint-DL3006": ("an image without a tag", "镜像未写标签"),
    "lint-DL3007": ("an image named latest", "镜像使用 latest 标签"),
    "lint-DL3008": ("Debian packages without a version", "Debian 软件包未指定版本"),
    "lint-DL3015": ("packages come with all that they recommend", "安装时带入了推荐的软件包"),
    "lint-SL1001": ("nothing says that the container is not root", "没有任何设置使容器以非 root 运行"),
    "lint-SL2001": ("a tag without a digest", "标签未固定摘要"),
    "mend-DL3002": ("switch back to an ordinary user before the end of the stage", "在阶段结束前切回普通用户"),
    "mend-DL3004": ("leave sudo out: a build step is root until USER says otherwise", "去掉 sudo：构建步骤在 USER 之前即为 root"),
    "mend-DL3006": ("write the tag of a release line, and its digest", "写明版本线的标签及其摘要"),
    "mend-DL3007": ("write the tag of a release line, and its digest", "写明版本线的标签及其摘要"),
    "mend-DL3008": ("write package=version, or pin the base by digest and take packages from a dated snapshot", "写成 package=version，或以摘要固定基础镜像并使用带日期的快照源"),
    "mend-DL3015": ("add --no-install-recommends", "加上 --no-install-recommends"),
    "mend-SL1001": ("end the final stage with USER and a number above 0", "在最终阶段末尾写 USER，并使用大于 0 的编号"),
    "mend-SL2001": ("write name:tag@sha256:... ; the tag stays for readers, the digest decides", "写成 name:tag@sha256:…；标签供人阅读，摘要决定内容"),
    "why-DL3002": ("who breaks into the process is root in the container, one kernel flaw away from the host", "一旦进程被攻破，攻击者即为容器内的 root，距主机仅一个内核漏洞"),
    "why-DL3004": ("it adds a way to become root to the image, and changes signals and the environment", "它给镜像增加了提升为 root 的途径，还会改变信号与环境变量"),
    "why-DL3006": ("without a tag it is latest: the next build may stand on another release", "不写标签即为 latest：下次构建可能基于另一个版本"),
    "why-DL3007": ("latest names whatever was pushed last: the next build may stand on another release", "latest 指向最近推送的内容：下次构建可能基于另一个版本"),
    "why-DL3008": ("two builds of the same file give different packages, and nobody sees which", "同一文件的两次构建会得到不同的软件包，且无从得知"),
    "why-DL3015": ("recommended packages are more to update and more to attack", "推荐的软件包意味着更多的更新与更大的攻击面"),
    "why-SL1001": ("who breaks into the process is root in the container, one kernel flaw away from the host", "一旦进程被攻破，攻击者即为容器内的 root，距主机仅一个内核漏洞"),
    "why-SL2001": ("a tag can be moved: what was tested is not what is built next", "标签可以被移动：测试过的内容未必是下次构建的内容"),
}
