"""Templates: comments in the files, and what is said when they are written."""

from __future__ import annotations

# fmt: off
WORDS = {
    "template-alone": ("this digest is that of {platform} alone; for all platforms: seamline base add registry:{base}", "该 digest 仅属于 {platform}；要涵盖所有平台：seamline base add registry:{base}"),
    "template-base": ("a release's tag, not latest: it says what you stand on", "使用发布版标签而非 latest，表明所依赖的版本"),
    "template-compose": ("only what the service needs: no capabilities, a read-only root, its own network, limits", "只给服务所需：不带能力、只读根文件系统、独立网络、资源上限"),
    "template-conf": ("nothing is written but below /tmp, nothing below port 1024 is needed: it runs without root", "只写 /tmp，不用 1024 以下端口，因此无需 root"),
    "template-config": ("owned by root, so that the running user cannot rewrite them", "归 root 所有，运行用户无法改写"),
    "template-deployment": ("fits the Pod Security Standard restricted", "符合 Pod 安全标准 restricted"),
    "template-final": ("the final stage holds what runs, nothing that builds", "最终阶段只含运行所需，不含构建工具"),
    "template-health": ("checked with a program that the image has", "用镜像内已有的程序检查"),
    "template-heap": ("the heap follows the container's memory limit", "堆大小随容器内存上限调整"),
    "template-ignore": ("what must not come into the image", "不应进入镜像的内容"),
    "template-label": ("what it was built from: docker build --build-arg REVISION=$(git rev-parse HEAD)", "构建来源：docker build --build-arg REVISION=$(git rev-parse HEAD)"),
    "template-lock": ("only what the lock names, with its checksums", "只安装锁定文件列出的内容，并核对校验和"),
    "template-locked": ("each line with --hash=sha256:...; pip-compile --generate-hashes writes them", "每行带 --hash=sha256:...，可用 pip-compile --generate-hashes 生成"),
    "template-pin": ("to pin its digest, drop the next line and run", "要固定其 digest，请删除下一行后执行"),
    "template-program": ("your own program, linked statically, stands beside as `app`", "将静态链接的程序以 `app` 为名放在旁边"),
    "template-run": ("only what the service needs: no capabilities, a read-only root, its own network, limits", "只给服务所需：不带能力、只读根文件系统、独立网络、资源上限"),
    "template-sample": ("A stand-in that answers on port 8080; put your own here.", "占位程序，在 8080 端口应答，请换成自己的程序。"),
    "template-scratch": ("nothing but the program and the certificates that it trusts", "仅有程序及其信任的证书"),
    "template-start": ("started directly, so that signals reach it", "直接启动，使信号能送达"),
    "template-user": ("a number, so that Kubernetes can tell that it is not root", "使用数字，Kubernetes 才能确认不是 root"),
    "template-written": ("Written to {folder}: {files}. Next:", "已写入 {folder}：{files}。接下来："),
}
