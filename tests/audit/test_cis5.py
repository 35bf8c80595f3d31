"""How a container is run: every rule of section 5 both ways, from run lines, compose files and manifests."""

from __future__ import annotations

import pytest

from seamline.audit import cis5
from seamline.formats import kubernetes
from seamline.formats.run_line import parse_run_line
from seamline.formats.yaml_document import parse_yaml
from seamline.model.audit import Danger, StartLine, SurfaceLine
from seamline.model.image import Config
from seamline.model.package import Side
from seamline.model.workload import Workload
from tests.audit.cases import case, verdicts

BOTH_WAYS = {
    "CIS-5.2": ("shop", "--security-opt apparmor=unconfined shop"),
    "CIS-5.3": ("--security-opt label=level:s0 shop", "--security-opt label=disable shop"),
    "CIS-5.4": ("--cap-drop ALL --cap-add CHOWN shop", "--cap-drop ALL --cap-add SYS_ADMIN shop"),
    "CIS-5.5": ("shop", "--privileged shop"),
    "CIS-5.6": ("-v /srv/data:/data shop", "-v /etc/:/host shop"),
    "CIS-5.8": ("-p 8080:80 shop", "-p 80:80 shop"),
    "CIS-5.9": ("-p 8080:80 shop", "-p 8080:81 shop"),
    "CIS-5.10": ("shop", "--network host shop"),
    "CIS-5.11": ("-m 1g shop", "shop"),
    "CIS-5.12": ("--cpus 2 shop", "shop"),
    "CIS-5.13": ("--read-only shop", "shop"),
    "CIS-5.14": ("-p 127.0.0.1:8080:80 shop", "-p 0.0.0.0:8080:80 shop"),
    "CIS-5.15": ("--restart on-failure:5 shop", "--restart always shop"),
    "CIS-5.16": ("shop", "--pid=host shop"),
    "CIS-5.17": ("shop", "--ipc=host shop"),
    "CIS-5.18": ("shop", "--device /dev/sda shop"),
    "CIS-5.20": ("-v /a:/a shop", "-v /a:/a:shared shop"),
    "CIS-5.21": ("shop", "--uts host shop"),
    "CIS-5.22": ("shop", "--security-opt seccomp=unconfined shop"),
    "CIS-5.25": ("shop", "--cgroup-parent /x shop"),
    "CIS-5.26": ("--security-opt no-new-privileges shop", "shop"),
    "CIS-5.27": ("--health-cmd /check shop", "--no-healthcheck shop"),
    "CIS-5.29": ("--pids-limit 100 shop", "--pids-limit -1 shop"),
    "CIS-5.30": ("--network own shop", "shop"),
    "CIS-5.31": ("shop", "--userns host shop"),
    "CIS-5.32": ("shop", "-v /var/run/docker.sock:/var/run/docker.sock shop"),
}
SSHD = SurfaceLine(
    danger=Danger.PERSISTENCE,
    kind="daemon",
    name="sshd",
    path="usr/sbin/sshd",
    side=Side.APPLICATION,
    stratum="app",
    layer=1,
)


def judged(line: str, rule: str) -> str:
    one = case(
        Config(exposed_ports=("80/tcp",)), workloads=(parse_run_line(f"docker run {line}", "run line"),)
    )
    ((verdict, side),) = verdicts(one, rule)
    assert side == "application"
    return verdict


@pytest.mark.parametrize("rule", BOTH_WAYS)
def test_a_rule_passes_one_way_and_fails_the_other(rule: str) -> None:
    good, bad = BOTH_WAYS[rule]
    assert (judged(good, rule), judged(bad, rule)) == ("pass", "fail")


def test_sshd_counts_by_what_is_in_the_image_and_what_starts() -> None:
    run = (parse_run_line("docker run shop", "run line"),)
    assert verdicts(case(workloads=run), "CIS-5.7") == [("pass", "")]
    assert verdicts(case(workloads=run, surface=(SSHD,)), "CIS-5.7") == [("fail", "application")]
    starts = StartLine(words=("/usr/sbin/sshd", "-D"))
    assert verdicts(case(workloads=run, start=starts), "CIS-5.7") == [("fail", "application")]


@pytest.mark.parametrize(
    ("line", "verdict"),
    [("shop@sha256:" + "a" * 64, "pass"), ("--pull always shop:1", "pass"), ("shop:1", "undecidable")],
)
def test_a_moving_tag_is_undecided_until_a_digest_or_a_pull_says(line: str, verdict: str) -> None:
    assert judged(line, "CIS-5.28") == verdict


def test_ulimits_are_needed_only_where_somebody_knows_so() -> None:
    assert (judged("--ulimit nofile=1 shop", "CIS-5.19"), judged("shop", "CIS-5.19")) == (
        "pass",
        "undecidable",
    )


def test_without_a_deployment_nothing_of_section_5_is_decided() -> None:
    for rule in cis5.RULES:
        decided = "pass" if rule.id == "CIS-5.7" else "undecidable"  # an sshd that is not there cannot be run
        assert {verdict for verdict, _ in verdicts(case(), rule.id)} == {decided}


def pods(text: str) -> tuple[Workload, ...]:
    return tuple(
        kubernetes.workloads_of(parse_yaml(f"apiVersion: v1\nkind: Pod\nspec: {text}".encode(), "p")[0], "p")
    )


def test_what_kubernetes_has_no_setting_for_does_not_apply_there() -> None:
    one = case(workloads=pods("{containers: [{name: a, image: shop}]}"))
    for rule in ("CIS-5.1", "CIS-5.15", "CIS-5.19", "CIS-5.25", "CIS-5.29", "CIS-5.30"):
        assert [verdict for verdict, _ in verdicts(one, rule)] == ["not-applicable"]


def test_a_pod_is_judged_container_by_container() -> None:
    strict = (
        "{securityContext: {privileged: false, seccompProfile: {type: RuntimeDefault}}, name: a, image: shop}"
    )
    loose = "{securityContext: {privileged: true}, name: b, image: shop}"
    one = case(workloads=pods(f"{{hostUsers: false, containers: [{strict}, {loose}]}}"))
    assert [verdict for verdict, _ in verdicts(one, "CIS-5.5")] == ["pass", "fail"]
    assert [verdict for verdict, _ in verdicts(one, "CIS-5.22")] == ["pass", "fail"]
    assert [verdict for verdict, _ in verdicts(one, "CIS-5.31")] == ["pass", "pass"]
