"""What a deployment leaves out is told in the reader's language; what it wrote stays as it wrote it."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamline.audit.cis5 import RULES as DEPLOYED
from seamline.audit.pods import RULES as PODS
from seamline.expression import expression
from seamline.model.evidence import Message
from seamline.render.words import say
from seamline.verbs.deployment import read_deployment
from tests.audit.cases import case

_OURS = expression(
    r"\b(not set|none|own|default|of the engine|no such|no probe|probe|health check|setuid files|exposed|mount|the pod|drop -|add -|limit|only|tag|pull)\b"
)
_BARE = {
    "pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: 'a:1'}]}\n",
    "full.yaml": """apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  securityContext: {runAsUser: 0}
  containers:
  - name: a
    image: a:1
    imagePullPolicy: IfNotPresent
    livenessProbe: {exec: {command: [x]}}
    resources: {limits: {memory: 64Mi, cpu: 1}}
    securityContext: {capabilities: {add: [SYS_ADMIN], drop: [KILL]}, readOnlyRootFilesystem: true}
""",
    "compose.yaml": "services: {a: {image: 'a:1'}}\n",
    "built.yaml": "services: {a: {build: ., restart: always, mem_limit: 64m, healthcheck: {test: x}}}\n",
}


def settings_of(given: str) -> list[Message]:
    found = case(workloads=read_deployment([given], {}).workloads)
    judged = (each for rule in (*DEPLOYED, *PODS) for each in rule.decide(found))
    told = [evidence.message for each in judged for evidence in each.evidence]
    return [each for each in told if each.id == "deployed-so"]


@pytest.mark.parametrize(
    "given",
    [*_BARE, "docker run a:1", "docker run --restart always --cgroup-parent x -m 1g --cap-add ALL a:1"],
)
def test_no_setting_is_told_in_english_to_a_chinese_reader(
    given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if given in _BARE:
        (tmp_path / given).write_text(_BARE[given])
    settings = settings_of(given)
    assert len(settings) > 15
    told = [say(each, "zh").partition("中为")[2].strip() for each in settings]
    assert not [each for each in told if _OURS.search(each)]
    assert "未设置" in "".join(told)


def test_what_the_deployment_wrote_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "full.yaml").write_text(_BARE["full.yaml"])
    told = {say(each, "zh").partition("中为")[2].strip() for each in settings_of(str(tmp_path / "full.yaml"))}
    assert {"内存 64Mi", "去除 KILL；添加 SYS_ADMIN", "有探针"} <= told
    english = {say(each, "en").partition(": ")[2] for each in settings_of(str(tmp_path / "full.yaml"))}
    assert {"memory 64Mi", "drop KILL; add SYS_ADMIN", "probe"} <= english


def test_a_start_command_is_no_setting() -> None:
    told = say(Message("deployed-starts", {"where": "run line", "command": "add none; memory not set"}), "zh")
    assert told.endswith("add none; memory not set")
