"""The next step of an error, in Chinese. English stands where the error is raised; `{}` is what the code puts in.

Commands, paths and options stay as they are typed. A test demands every step that the code names.
"""

from __future__ import annotations

import re
from functools import lru_cache

_CHINESE = {
    "--insecure allows plain http": "如需使用明文 http，请加 --insecure",
    "--platform {}": "请用 --platform {}",
    "a NAME.cert needs its NAME.key beside it; are the permissions right?": "NAME.cert 旁须有对应的 NAME.key；请检查权限",
    "add it: users: [{name: ..., uid: ...}]": "请先添加该用户：users: [{name: ..., uid: ...}]",
    "add the image that it was copied from": "请添加其来源镜像",
    "apt-get install gpgv, or pip install 'seamline[openpgp]'": "请执行 apt-get install gpgv，或 pip install 'seamline[openpgp]'",
    "ask who keeps the engine, or name a registry: registry:{}": "请联系该引擎的维护者，或改用仓库：registry:{}",
    "ask who keeps {}": "请联系 {} 的维护者",
    "check its spelling": "请检查拼写",
    "check the name and the pattern": "请检查名称与匹配模式",
    "check the name and the tag at {}": "请在 {} 上核对名称与标签",
    "check the name, and the suites and components of the sources": "请检查名称，以及软件源的套件与组件",
    "check the name, the network, and HTTPS_PROXY where a proxy is needed": "请检查名称与网络；需要代理时检查 HTTPS_PROXY",
    "check the path; a name in a registry has no leading . or /": "请检查路径；仓库中的名称不以 . 或 / 开头",
    "check the source's address": "请检查软件源地址",
    "check the source's address, suite and components": "请检查软件源的地址、套件与组件",
    "choose anew: --update-lock": "请用 --update-lock 重新选择",
    "choose another number or leave it out": "请换一个编号，或不指定编号",
    "copy it to an oci-dir first": "请先复制到 oci-dir",
    "copy one platform of it: --platform linux/amd64": "请只复制一个平台：--platform linux/amd64",
    "copy the digest from the registry or the manifest": "请从仓库或清单中复制 digest",
    "dir:PATH names the root of a filesystem": "dir:PATH 须指向文件系统的根目录",
    "docker-archive:FILE:name:tag": "请写作 docker-archive:FILE:name:tag",
    "docker-archive:FILE:{}": "请写作 docker-archive:FILE:{}",
    "download it again": "请重新下载",
    "export it with the Seamline that wrote it, then: seamline base import FILE": "请用写入它的 Seamline 版本导出，然后执行 seamline base import FILE",
    "export the key anew": "请重新导出密钥",
    "for example linux/arm64": "例如 linux/arm64",
    "for example oci-dir:./image:1.0": "例如 oci-dir:./image:1.0",
    "import your last export: seamline base import FILE": "请导入最近一次导出：seamline base import FILE",
    "install {}": "请安装 {}",
    "is a proxy (HTTPS_PROXY) or a mirror needed here?": "此处是否需要代理（HTTPS_PROXY）或镜像站？",
    "is the archive whole?": "归档是否完整？",
    "is the engine running, and may you use its socket?": "引擎是否在运行？您是否有权使用其套接字？",
    "is the path right, is the copy whole?": "路径是否正确，副本是否完整？",
    "is this really a registry?": "这里确实是镜像仓库吗？",
    "is this really from docker save?": "这确实是 docker save 的输出吗？",
    "is this really rpm's?": "这确实是 rpm 的数据库吗？",
    "is this the layout's folder?": "这是 OCI layout 所在的目录吗？",
    "is this the right keyring, and the archive the right one?": "密钥环与软件源是否正确？",
    "is this the right layout?": "这是正确的 OCI layout 吗？",
    "is this the right name?": "名称是否正确？",
    "it wants to know you: put your certificate and key into ~/.config/docker/certs.d/{}/": "对方要求客户端证书：请将证书与私钥放入 ~/.config/docker/certs.d/{}/",
    "leave --offline out, or copy the image to disk first": "请去掉 --offline，或先把镜像复制到磁盘",
    "leave --offline out, or save the image to a file first": "请去掉 --offline，或先把镜像保存为文件",
    "leave it out to look everywhere": "去掉它即可在所有位置查找",
    "leave one of them out": "请去掉其中之一",
    "leave the colon out for latest": "去掉冒号即表示 latest",
    "letters, digits, - and _": "只能使用字母、数字、- 和 _",
    "list what is there with `seamline files {}`": "请用 `seamline files {}` 查看其中内容",
    "log in for a higher limit, or name a mirror": "请登录以提高限额，或指定镜像站",
    "log in: docker login {}, or skopeo login {}": "请登录：docker login {} 或 skopeo login {}",
    "look into the engine's log, or name a registry: registry:{}": "请查看引擎日志，或改用仓库：registry:{}",
    "manifest and configuration belong to different images": "清单与配置属于不同的镜像",
    "mend or remove the file": "请修正或删除该文件",
    "mend the recipe": "请修正配方文件",
    "move it away and import your last export: seamline base import FILE": "请将其移开，再导入最近一次导出：seamline base import FILE",
    "name a file": "请指定文件",
    "name oci-dir, oci-archive or registry, or copy one platform": "请使用 oci-dir、oci-archive 或 registry，或只复制一个平台",
    "name one: oci-dir:PATH:{}": "请指定其中之一：oci-dir:PATH:{}",
    "name one: signed-by in the source": "请在软件源中用 signed-by 指定",
    "name sources in the file: sources: [{uri: ..., suite: ..., components: [main], signed-by: ...}]": "请在文件中写明软件源：sources: [{uri: ..., suite: ..., components: [main], signed-by: ...}]",
    "name the manifest by its digest": "请用 digest 指定清单",
    "name the registry's own certificate with --ca-file": "请用 --ca-file 指定仓库的证书",
    "no engine can start such an image": "没有引擎能启动这样的镜像",
    "no gem has so much to say": "正常的 gem 不会如此之大",
    "no module is so large": "正常的模块不会如此之大",
    "no package has so much": "正常的软件包不会如此之大",
    "no package lists so many files": "正常的软件包不会列出如此多的文件",
    "no real document is so large": "正常的文档不会如此之大",
    "no real manifest is so large": "正常的清单不会如此之大",
    "no real one is so large": "正常的文件不会如此之大",
    "no real tool writes such a header": "没有工具会写出这样的头部",
    "no real tool writes such headers": "没有工具会写出这样的头部",
    "no registry document is so large": "正常的仓库文档不会如此之大",
    "no wheel has so many": "正常的 wheel 不会包含如此多的成员",
    "podman images, or buildah images, lists what is there": "可用 podman images 或 buildah images 列出现有镜像",
    "push the image again with a current tool": "请用新版工具重新推送镜像",
    "raise the limit if you trust this image": "若信任此镜像，可提高限额",
    "read the image again": "请重新读取镜像",
    "repositories are lower case; a path on disk needs ./ or oci-dir:": "仓库名须为小写；磁盘路径须以 ./ 或 oci-dir: 开头",
    "run `seamline cache clear`": "请执行 `seamline cache clear`",
    "run again with --update-lock": "请加 --update-lock 重新执行",
    "run it yourself to see why": "请自行执行以查明原因",
    "run it yourself: {}": "请自行执行：{}",
    "run the helper yourself, or log in again": "请自行执行该凭据助手，或重新登录",
    "save one image at a time": "请每次只保存一个镜像",
    "seamline base list": "请执行 seamline base list",
    "seamline base list; bases that come with Seamline cannot be removed": "请执行 seamline base list；随 Seamline 提供的基础镜像不可移除",
    "see docs/guides/compose.md": "参见 docs/guides/compose.md",
    "see seamline base sync --help": "参见 seamline base sync --help",
    "start {}, or name a registry: registry:{}": "请启动 {}，或指定仓库：registry:{}",
    "the archive is broken": "软件源已损坏",
    "the database is damaged": "数据库已损坏",
    "the descriptor of {} is wrong": "{} 的描述符有误",
    "the file changed while it was read": "文件在读取期间发生了变化",
    "the file is cut off or damaged": "文件被截断或已损坏",
    "the file is damaged": "文件已损坏",
    "the file is damaged or something else": "文件已损坏，或是其他类型的文件",
    "the file is damaged: cut the image again": "文件已损坏：请重新获取镜像",
    "the file may be cut off or is something else": "文件可能被截断，或是其他类型的文件",
    "the index lists no image": "该索引未列出任何镜像",
    "the layer is damaged: pull it again": "该层已损坏：请重新拉取",
    "the layer is damaged: pull or build it again": "该层已损坏：请重新拉取或构建",
    "the layer is damaged: pull or push it again": "该层已损坏：请重新拉取或推送",
    "the layer's database is damaged": "该层中的数据库已损坏",
    "the manifest is damaged": "清单已损坏",
    "the media type may be wrong": "媒体类型可能有误",
    "the mirror is out of step": "镜像站不同步",
    "the mirror is out of step: try again later, or another one": "镜像站不同步：请稍后重试，或更换镜像站",
    "the mirror is stale: use another one, or --as-of for an old snapshot": "镜像站已过期：请更换，或用 --as-of 指定旧快照的时间",
    "the program is damaged": "程序文件已损坏",
    "the registry redirects in circles": "仓库的重定向形成循环",
    "the registry rewrites manifests": "仓库改写了清单",
    "the registry sends something else": "仓库返回了其他内容",
    "the registry serves ranges wrongly": "仓库的分段下载有误",
    "the source is damaged or sends something else": "来源已损坏，或返回了其他内容",
    "the source is damaged or was tampered with": "来源已损坏或遭篡改",
    "this archive is made to exhaust its reader": "该归档意在耗尽读取者的资源",
    "this is not an image's document": "这不是镜像的文档",
    "this is not what it is named": "内容与名称不符",
    "this layer is made to exhaust its reader": "该层意在耗尽读取者的资源",
    "try again later, or another mirror": "请稍后重试，或更换镜像站",
    "try again later, or name a mirror": "请稍后重试，或指定镜像站",
    "write it from the root: /etc/x": "请从根目录写起：/etc/x",
    'write it in quotes: mode: "0755"': '请加引号书写：mode: "0755"',
    "write them with seamline base export": "请用 seamline base export 生成",
    "{} images lists what is there": "{} images 可列出现有镜像",
}


def hint_in(language: str, hint: str) -> str:
    """The next step in `language`; as it is where it has no translation."""
    if language != "zh":
        return hint
    if hint in _CHINESE:
        return _CHINESE[hint]
    for pattern, chinese in _templates():
        if match := pattern.fullmatch(hint):
            return chinese.format(*match.groups())
    return hint


@lru_cache(maxsize=1)
def _templates() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(re.escape(english).replace(r"\{\}", "(.*)"), re.DOTALL), chinese)
        for english, chinese in _CHINESE.items()
        if "{}" in english
    )
