"""A kind -> its files. Comments come in the language that is asked for; names of bases get the digests that are known."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, Protocol

from seamline.expression import expression
from seamline.template.kinds import NAME, Template


class Say(Protocol):
    """The words of a comment by its name."""

    def __call__(self, name: str, **args: str) -> str: ...


class Means(NamedTuple):
    """What is known of bases: the digest of an image's name, empty where nobody knows it, and the one platform that this
    digest is of, empty where it stands for all."""

    pin: Callable[[str], str]
    alone: Callable[[str], str]


_FROM = expression(r"^\{from\} (\S+)(.*)$", re.MULTILINE)
_COMMENT = expression(r"\{([a-z]+)\}")
_IGNORED = (".git", ".github", ".gitlab-ci.yml", ".env*", "*.pem", "*.key", "Dockerfile*", "*compose*.y*ml", "deployment.yaml", "run.sh", "node_modules", "__pycache__", ".venv", "*.log")  # fmt: skip


def files_of(template: Template, texts: Mapping[str, str], say: Say, means: Means) -> dict[str, str]:
    """Every file by its name. `texts` are those of the data folder."""

    def filled(text: str) -> str:
        return _COMMENT.sub(lambda found: say(found.group(1)), text)

    def pinned(found: re.Match[str]) -> str:
        digest, platform = means.pin(found.group(1)), means.alone(found.group(1))
        if digest and platform:
            told = f"# {say('alone', platform=platform, base=found.group(1))}"
            return f"{told}\nFROM {found.group(1)}@{digest}{found.group(2)}"
        if digest:
            return f"FROM {found.group(1)}@{digest}{found.group(2)}"
        pins = f"# {say('pin')} seamline base add {found.group(1)}; seamline lint --fix --in-place"
        return f"{pins}\n# seamline ignore=SL2001\nFROM {found.group(1)}{found.group(2)}"

    return {
        "Dockerfile": filled(_FROM.sub(pinned, texts["Dockerfile"])),
        ".dockerignore": "\n".join((f"# {say('ignore')}", *_IGNORED)) + "\n",
        "compose.yaml": _compose(template, say),
        "run.sh": _run_line(template, say),
        "deployment.yaml": _deployment(template, say),
        **{name: _own(name, texts[name], filled) for name in template.files},
    }


def _own(name: str, text: str, filled: Callable[[str], str]) -> str:
    """Comments stand in the first line of a sample; braces below are the language's own."""
    first, line, rest = text.partition("\n")
    return text if name.endswith((".json", ".html", ".mod")) else filled(first) + line + rest


def _compose(template: Template, say: Say) -> str:
    lines = [
        f"# {say('compose')}",
        "services:",
        "  app:",
        f"    image: {NAME}",
        "    build: .",
        f'    user: "{template.uid}:{template.uid}"',
        "    read_only: true",
        *_when(
            template, f"    tmpfs: [{', '.join(f'{path}:size=16m,mode=1777' for path in template.writable)}]"
        ),
        "    cap_drop: [ALL]",
        '    security_opt: ["no-new-privileges:true"]',
        f"    mem_limit: {template.memory}m",
        f"    cpus: {template.cpus}",
        "    pids_limit: 100",
        "    restart: on-failure:5",
        f'    ports: ["127.0.0.1:{template.port}:{template.port}"]',
        f"    healthcheck: {{test: {json.dumps(['CMD', *template.health])}, interval: 30s, timeout: 3s}}",
        "    networks: [app]",
        "networks:",
        "  app: {}",
    ]
    return "\n".join(lines) + "\n"


def _run_line(template: Template, say: Say) -> str:
    options = [
        f"--user {template.uid}:{template.uid}",
        "--read-only",
        *(f"--tmpfs {path}:rw,noexec,nosuid,nodev,size=16m" for path in template.writable),
        "--cap-drop ALL",
        "--security-opt no-new-privileges",
        f"--memory {template.memory}m --cpus {template.cpus} --pids-limit 100",
        "--restart on-failure:5",
        "--network app",
        f"--publish 127.0.0.1:{template.port}:{template.port}",
    ]
    return (
        f"#!/bin/sh\n# {say('run')}\ndocker network inspect app >/dev/null 2>&1 || docker network create app\n"
        "exec docker run --detach --name app " + " \\\n  ".join(options) + f" \\\n  {NAME}\n"
    )


def _deployment(template: Template, say: Say) -> str:
    probe = (
        f"{{exec: {{command: {json.dumps(list(template.health))}}}, periodSeconds: 30, timeoutSeconds: 3}}"
    )
    lines = [
        f"# {say('deployment')}",
        "apiVersion: apps/v1",
        "kind: Deployment",
        "metadata: {name: app}",
        "spec:",
        "  replicas: 2",
        "  selector: {matchLabels: {app: app}}",
        "  template:",
        "    metadata: {labels: {app: app}}",
        "    spec:",
        "      automountServiceAccountToken: false",
        "      hostUsers: false",
        "      securityContext:",
        "        runAsNonRoot: true",
        f"        runAsUser: {template.uid}",
        f"        runAsGroup: {template.uid}",
        "        seccompProfile: {type: RuntimeDefault}",
        "      containers:",
        "      - name: app",
        f"        image: {NAME}",
        "        imagePullPolicy: IfNotPresent",
        "        securityContext:",
        "          allowPrivilegeEscalation: false",
        "          readOnlyRootFilesystem: true",
        "          capabilities: {drop: [ALL]}",
        f'        resources: {{requests: {{cpu: 50m, memory: {template.memory}Mi}}, limits: {{cpu: "{template.cpus}", memory: {template.memory}Mi}}}}',
        f"        ports: [{{containerPort: {template.port}}}]",
        f"        livenessProbe: {probe}",
        f"        readinessProbe: {probe}",
        *_when(template, f"        volumeMounts: [{', '.join(f'{{name: writable-{at}, mountPath: {path}}}' for at, path in enumerate(template.writable))}]"),
        *_when(template, f"      volumes: [{', '.join(f'{{name: writable-{at}, emptyDir: {{sizeLimit: 16Mi}}}}' for at, _ in enumerate(template.writable))}]"),
        "---",
        "apiVersion: v1",
        "kind: Service",
        "metadata: {name: app}",
        f"spec: {{selector: {{app: app}}, ports: [{{port: 80, targetPort: {template.port}}}]}}",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _when(template: Template, line: str) -> Iterator[str]:
    """A line that only those need that write somewhere."""
    if template.writable:
        yield line
