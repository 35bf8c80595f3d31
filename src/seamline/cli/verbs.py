"""The user verbs in the order of the help: where each lives, its group, and what it is for in both languages."""

from __future__ import annotations

import msgspec


class Verb(msgspec.Struct, frozen=True):
    """One line of the help. `command` is `module:attribute` below seamline.cli."""

    name: str
    command: str
    group: str
    english: str
    chinese: str
    example: str


GROUPS = {
    "look": ("Look", "查看"),
    "judge": ("Judge", "判断"),
    "base": ("Known bases", "基础镜像台账"),
    "make": ("Make and move", "构建与搬运"),
    "keep": ("Housekeeping", "维护"),
}

VERBS = (
    Verb(
        "inspect",
        "inspect:inspect",
        "look",
        "what an image is, and where its seam lies",
        "镜像是什么，分界线在哪里",
        "seamline inspect nginx:1.27",
    ),
    Verb(
        "sbom",
        "sbom:sbom",
        "look",
        "everything inside, with the side it belongs to",
        "镜像内的全部软件及其所属一侧",
        "seamline sbom nginx -f cyclonedx-json",
    ),
    Verb(
        "files",
        "files:files",
        "look",
        "the visible files; the layers behind a path",
        "可见文件；某个路径背后的各层",
        "seamline files nginx /etc/passwd",
    ),
    Verb(
        "scan",
        "scan:scan",
        "judge",
        "every flaw with its side, owner, deadline and what mends it",
        "全部漏洞及其归属、期限与处置",
        "seamline scan nginx:1.27",
    ),
    Verb(
        "audit",
        "audit:audit",
        "judge",
        "what an intruder would find, and the rules kept and broken",
        "入侵者可利用之物，以及各项规则的判定",
        "seamline audit nginx:1.27",
    ),
    Verb(
        "compare",
        "compare:compare",
        "judge",
        "two images on security, updates and customization",
        "从安全性、更新与维护、自定义程度对比两个镜像",
        "seamline compare debian:12 nginx:1.27",
    ),
    Verb(
        "report",
        "report:report",
        "judge",
        "everything about one image on one page",
        "一页看清一个镜像的全部情况",
        "seamline report nginx:1.27 -o report.html",
    ),
    Verb(
        "explain",
        "explain:explain",
        "judge",
        "why an advisory holds for an image or not, and whose it is",
        "某条公告为何适用或不适用，归谁处理",
        "seamline explain nginx:1.27 CVE-2026-34182",
    ),
    Verb(
        "lint",
        "lint:lint",
        "judge",
        "what of a Dockerfile bears on security, updates and customization",
        "Dockerfile 中影响安全性、更新与自定义程度的写法",
        "seamline lint Dockerfile",
    ),
    Verb(
        "running",
        "running:running",
        "judge",
        "which containers run an old image, and what brings the newer one",
        "哪些容器运行旧镜像，以及如何更新",
        "kubectl get pods -A -o json | seamline running -",
    ),
    Verb(
        "db",
        "db:db",
        "keep",
        "the advisories: update, import, export, status, lookup",
        "漏洞数据：更新、导入、导出、状态、查询",
        "seamline db update -e Debian",
    ),
    Verb(
        "base",
        "base:base",
        "base",
        "known bases: add, list, show, advise, remove, sync, import, export",
        "管理已知的基础镜像",
        "seamline base add debian:13-slim --owner platform",
    ),
    Verb(
        "compose",
        "compose:compose",
        "make",
        "make an image from distribution packages, without root",
        "用发行版软件包构建镜像，无需 root",
        "seamline compose web.yaml --to oci-dir:web",
    ),
    Verb(
        "template",
        "template:template",
        "make",
        "an ordinary start: hardened Dockerfile, compose file, run line, manifest",
        "常用起点：加固的 Dockerfile、compose 文件、运行命令与清单",
        "seamline template python",
    ),
    Verb(
        "copy",
        "copy:copy",
        "make",
        "copy an image between places, digests kept",
        "在不同位置间复制镜像，摘要不变",
        "seamline copy nginx:1.27 oci-dir:nginx",
    ),
    Verb(
        "demo",
        "demo:demo",
        "make",
        "two small sample images to try everything on",
        "两个小型示例镜像，供试用",
        "seamline demo",
    ),
    Verb(
        "cache",
        "cache:cache",
        "keep",
        "what is kept of layers: status, clear, prune",
        "层缓存：状态、清空、修剪",
        "seamline cache status",
    ),
)
