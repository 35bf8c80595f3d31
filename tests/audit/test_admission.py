"""What the Pod Security Standards call restricted, as Kubernetes' own admission decides it: admission.json has what its policies
(k8s.io/pod-security-admission 0.37.2, each at its newest version) said of every pod of pods.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seamline.audit import RULES
from seamline.audit.rule import judge
from seamline.formats.kubernetes import workloads_of
from seamline.formats.yaml_document import parse_marked
from seamline.model.audit import Verdict
from tests.audit.cases import case
from tests.audit.pods import PODS, Pod, manifest

ANSWERS = json.loads(Path(__file__).with_name("admission.json").read_text())
CHECKS = {
    "allowPrivilegeEscalation": "allowPrivilegeEscalation", "appArmorProfile": "AppArmor", "capabilities_restricted": "capabilities",
    "hostNamespaces": "host namespaces", "hostPathVolumes": "volumes", "hostPorts": "host ports",
    "hostProbesAndHostLifecycle": "probe hosts", "privileged": "privileged", "procMount": "procMount", "restrictedVolumes": "volumes",
    "runAsNonRoot": "runAsNonRoot", "runAsUser": "runAsNonRoot", "seLinuxOptions": "SELinux",
    "seccompProfile_restricted": "seccomp", "sysctls": "sysctls", "windowsHostProcess": "privileged",
}  # fmt: skip
"""The admission's checks, and the tags of our rules that ask the same."""
ONE_RULE = {"procMount": "kernel settings", "sysctls": "kernel settings"}
OF_THE_IMAGE = ("SL-0001", "CIS-4.1")
DECIDED = {
    "apparmor-note-of-nonsense": ("AppArmor", "no such profile can be: the API refuses the pod before"),
    "namespace-and-privileged": (
        "AppArmor seccomp",
        "a privileged container runs unconfined, whatever profile is named",
    ),
    "privileged": ("AppArmor seccomp", "as above"),
    "volume-without-a-kind": (
        "volumes",
        "the API makes an emptyDir of it before; the admission's own tests let it pass",
    ),
}
"""Where we say something else: about what, and why."""


def broken(pod: Pod) -> set[str]:
    """The tags of the restricted profile that a pod breaks."""
    workloads = tuple(
        workload
        for each in parse_marked(manifest(pod), "pod")
        for workload in workloads_of(each.value, "pod")
    )
    failed = [line for line in judge(RULES, case(workloads=workloads)) if line.verdict == Verdict.FAIL]
    tags = {tag for line in failed if line.id not in OF_THE_IMAGE for tag in line.tags}
    return {tag.removeprefix("PSS restricted ") for tag in tags if tag.startswith("PSS restricted ")}


@pytest.mark.parametrize("name", PODS)
def test_a_pod_breaks_what_the_admission_of_kubernetes_says(name: str) -> None:
    ours = {ONE_RULE.get(tag, tag) for tag in broken(PODS[name])}
    theirs = {ONE_RULE.get(CHECKS[check], CHECKS[check]) for check in ANSWERS[name]}
    differs = set(DECIDED[name][0].split()) if name in DECIDED else set()
    assert ours ^ theirs == differs


def test_every_pod_was_asked_and_enough_of_them() -> None:
    assert set(PODS) == set(ANSWERS)
    assert len(PODS) >= 60
