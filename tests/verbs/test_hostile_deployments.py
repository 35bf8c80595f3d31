"""Deployments with a wrong kind of value at every place: a verdict or an error that names the place, nothing else."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from seamline.audit import cis5, pods
from seamline.audit.rule import judge
from seamline.errors import SeamlineError
from seamline.verbs.deployment import read_deployment, running
from tests.audit.cases import case

WRONG: tuple[Any, ...] = (None, -7, "²", "9" * 5000, "$A", "a'b", [None], [[7]], {"a": None})
DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  template:
    metadata: {annotations: {container.apparmor.security.beta.kubernetes.io/web: runtime/default}}
    spec:
      hostNetwork: true
      hostUsers: false
      os: {name: linux}
      securityContext: {runAsUser: 1000, seccompProfile: {type: RuntimeDefault}, sysctls: [{name: a, value: b}], seLinuxOptions: {type: t}, windowsOptions: {hostProcess: false}}
      volumes: [{name: data, emptyDir: {medium: Memory}}, {name: etc, hostPath: {path: /etc}}]
      initContainers: [{name: wait, image: shop, restartPolicy: Always}]
      containers:
      - name: web
        image: shop
        command: [a, $(A)]
        args: [b]
        workingDir: /a
        ports: [{containerPort: 80, hostPort: 80, hostIP: 1.1.1.1, protocol: TCP}]
        resources: {limits: {memory: 1Gi, cpu: 1}, requests: {cpu: 100m}}
        livenessProbe: {httpGet: {port: 80, host: a}, exec: {command: [a]}}
        lifecycle: {preStop: {exec: {command: [a]}}}
        volumeMounts: [{name: data, mountPath: /tmp, readOnly: true, mountPropagation: None}]
        env: [{name: A, value: "1"}, {name: B, valueFrom: {}}]
        securityContext: {runAsUser: 0, privileged: true, procMount: Default, capabilities: {drop: [ALL], add: [A]}}
"""
COMPOSE = """
name: shop
include: [below.yaml]
services:
  web:
    image: shop
    extends: {file: below.yaml, service: below}
    build: {context: .}
    command: a b
    entrypoint: [a]
    user: "1"
    read_only: true
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    ports: ["80:80", {target: 1, published: "2", host_ip: "::", protocol: udp}]
    volumes: ["a:/b:ro", {type: bind, source: ./a, target: /c, bind: {propagation: shared}, read_only: true}]
    tmpfs: /run
    environment: {A: 1}
    env_file: [{path: a.env, required: true}]
    healthcheck: {test: [CMD, a], disable: false}
    deploy: {resources: {limits: {memory: 1g, cpus: "1", pids: 5}}, restart_policy: {condition: any, max_attempts: 5}}
    ulimits: {nofile: {soft: 1, hard: 2}}
    devices: [a:b, {source: a, target: b}]
    secrets: [a, {source: b, target: c}]
    sysctls: {a: b}
    profiles: [a]
    networks: {a: {aliases: [b]}}
    depends_on: {db: {condition: a}}
    logging: {driver: a, options: {b: c}}
  db: {image: db}
jobs: {migrate: {image: shop}}
"""
BELOW = "services: {below: {image: below, cap_add: [A], environment: [B=1], ports: [1], tmpfs: [/a], healthcheck: {test: a}, ulimits: {nofile: 5}}}"


def _paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, each in children:
        yield from _paths(each, (*at, key))


def _with(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    whole = copy.deepcopy(document)
    inner = whole
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return whole


@pytest.mark.parametrize("text", [DEPLOYMENT, COMPOSE], ids=["manifest", "compose"])
def test_a_wrong_kind_of_value_anywhere_is_a_verdict_or_an_error(text: str, tmp_path: Path) -> None:
    document = yaml.safe_load(text)
    (tmp_path / "below.yaml").write_text(BELOW)
    before = Path.cwd()
    os.chdir(tmp_path)
    verdicts = errors = 0
    try:
        for path in _paths(document):
            for wrong in WRONG:
                Path("a.yaml").write_text(json.dumps(_with(document, path, wrong)))
                try:
                    told = read_deployment(("a.yaml",), {})
                    workloads, deployment = running(told, ("shop",))
                except SeamlineError as fault:
                    assert fault.exit_code == 2, fault  # noqa: PT017 - each of thousands
                    errors += 1
                    continue
                assert msgspec.json.encode(deployment)
                assert list(judge((*cis5.RULES, *pods.RULES), case(workloads=workloads)))
                verdicts += 1
    finally:
        os.chdir(before)
    assert min(verdicts, errors) > 40
