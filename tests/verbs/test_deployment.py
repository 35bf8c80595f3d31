"""What is given with --deploy: read whole, every workload told, those that run the image judged."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from seamline.errors import Bomb, Malformed, NotFound, SeamlineError, Unsupported
from seamline.verbs.deployment import read_deployment, running

POD = (
    "apiVersion: v1\nkind: Pod\nmetadata: {{name: {0}}}\nspec: {{containers: [{{name: {0}, image: {1}}}]}}\n"
)


@pytest.fixture(autouse=True)
def _in_the_folder(tmp_path: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(tmp_path)
    yield
    os.chdir(before)


def write(**files: str) -> None:
    for name, text in files.items():
        Path(name.replace("_", ".")).write_text(text)


def judged(*given: str, names: tuple[str, ...] = ("shop:1.4",)) -> dict[str, str]:
    """Every workload's name, with what became of it: judged or not, and why."""
    _, deployment = running(read_deployment(given, {}), names)
    return {
        each.name: ("judged " if each.is_judged else "") + (each.why.id if each.why is not None else "")
        for each in deployment.workloads
    }


def test_the_override_beside_a_compose_file_is_taken_and_told() -> None:
    write(
        compose_yaml="services: {web: {image: 'shop:1.4', privileged: true}}",
        compose_override_yaml="services: {web: {privileged: false}}",
    )
    told = read_deployment(("compose.yaml",), {})
    assert (told.taken, told.files) == (
        ("compose.override.yaml",),
        ("compose.yaml", "compose.override.yaml"),
    )
    assert told.workloads[0].privileged is False
    assert told.workloads[0].where == "compose.yaml+compose.override.yaml services.web"


def test_where_several_are_named_only_these_are_taken() -> None:
    write(
        compose_yaml="services: {web: {image: 'shop:1.4'}}",
        compose_override_yaml="services: {web: {privileged: true}}",
        prod_yaml="services: {web: {read_only: true}}",
    )
    told = read_deployment(("compose.yaml", "prod.yaml"), {})
    assert (told.taken, told.workloads[0].privileged, told.workloads[0].read_only) == ((), None, True)


def test_an_override_beside_a_file_of_another_name_is_not_taken() -> None:
    write(stack_yaml="services: {web: {image: a}}", compose_override_yaml="services: {web: {pid: host}}")
    assert read_deployment(("stack.yaml",), {}).taken == ()


def test_manifests_compose_files_and_run_lines_stand_side_by_side() -> None:
    write(pod_yaml=POD.format("pod", "shop:1.4"), compose_yaml="services: {web: {image: 'shop:1.4'}}")
    given = ("pod.yaml", "compose.yaml", "docker run --name line shop:1.4")
    assert judged(*given) == {"pod": "judged ", "line": "judged ", "web": "judged "}


def test_every_other_workload_is_told() -> None:
    write(
        all_yaml="---\n".join(
            (
                POD.format("web", "shop:1.4"),
                POD.format("canary", "shop:1.5"),
                POD.format("cache", "redis:7"),
                "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: batch/v1, kind: CronJob, metadata: {name: n}, spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: nightly, image: 'shop:1.4'}]}}}}}}\n",
            )
        )
    )
    assert judged("all.yaml") == {
        "web": "judged ",
        "canary": "deployed-other-tag",
        "cache": "",
        "nightly": "judged ",
    }


def test_init_and_ephemeral_containers_are_workloads_with_their_role() -> None:
    write(
        pod_yaml="apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {initContainers: [{name: i, image: 'shop:1.4'}], "
        "containers: [{name: c, image: 'shop:1.4'}], ephemeralContainers: [{name: e, image: busybox}]}"
    )
    _, deployment = running(read_deployment(("pod.yaml",), {}), ("shop:1.4",))
    assert [(each.name, each.role, each.is_judged) for each in deployment.workloads] == [
        ("i", "init", True),
        ("c", "", True),
        ("e", "ephemeral", False),
    ]


def test_another_tag_of_the_repository_is_judged_where_no_better_one_is_there() -> None:
    write(all_yaml=POD.format("web", "shop:1.3") + "---\n" + POD.format("cache", "redis:7"))
    assert judged("all.yaml") == {"web": "judged deployed-other-tag", "cache": ""}


def test_the_only_workload_is_taken_for_the_image_and_that_is_told() -> None:
    write(pod_yaml=POD.format("web", "redis:7"))
    assert judged("pod.yaml") == {"web": "judged deployed-only-one"}


def test_several_workloads_of_which_none_runs_the_image_are_refused() -> None:
    write(all_yaml=POD.format("a", "redis:7") + "---\n" + POD.format("b", "nginx:1"))
    with pytest.raises(NotFound, match=r"got redis:7, nginx:1"):
        judged("all.yaml")


def test_a_service_whose_profile_is_off_is_told_and_not_judged() -> None:
    text = "services: {web: {image: 'shop:1.4'}, debug: {image: 'shop:1.4', profiles: [debug]}}"
    write(compose_yaml=text)
    assert judged("compose.yaml") == {"web": "judged ", "debug": "deployed-not-started"}
    told = read_deployment(("compose.yaml",), {"COMPOSE_PROFILES": "debug"})
    assert all(each.starts for each in told.workloads)


def test_a_service_behind_a_profile_is_judged_where_nothing_else_runs_the_image() -> None:
    write(compose_yaml="services: {db: {image: db}, debug: {image: 'shop:1.4', profiles: [debug]}}")
    assert judged("compose.yaml") == {"db": "", "debug": "judged deployed-by-profile"}


def test_variables_come_from_the_file_beside_and_what_nobody_sets_is_a_gap() -> None:
    write(compose_yaml="services: {web: {image: 'shop:$TAG', user: '$WHO', env_file: no.env}}")
    Path(".env").write_text("TAG=1.4\n")
    told = read_deployment(("compose.yaml",), {})
    assert told.workloads[0].image == "shop:1.4"
    assert [(str(gap.where), gap.message.id) for gap in told.gaps] == [
        ("compose.yaml", "deployment-unset"),
        ("no.env", "deployment-variables-missing"),
    ]
    assert told.files == ("compose.yaml", ".env")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.yaml", "apiVersion: v1\nkind: Pod\nspec:\n{{- if .Values.x }}\n  a: 1\n{{- end }}\n", r"a.yaml:\d+: expected a manifest, got a template"),
        ("a.yaml", "apiVersion: v1\nkind: Pod\nspec: {containers: [{name: a, image: '{{ .Values.image }}'}]}", "a.yaml: expected a manifest, got a template"),
        ("kustomization.yaml", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]", "expected manifests, got a kustomization"),
    ],
)  # fmt: skip
def test_what_was_not_rendered_is_refused(name: str, text: str, told: str) -> None:
    Path(name).write_text(text)
    with pytest.raises(Unsupported, match=told):
        read_deployment((name,), {})


def test_signs_of_other_templates_in_texts_are_no_helm_template() -> None:
    write(
        a_yaml=POD.format("web", "shop:1.4")
        + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: '{{ $labels.x }}'}\n"
    )
    assert judged("a.yaml") == {"web": "judged "}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Malformed),
        ("just text", Malformed),
        ("[1, 2]", Malformed),
        ("apiVersion: v1\nkind: Service\nmetadata: {name: x}", Malformed),
        ("services: {}", Malformed),
        ("services: {web: {image: a}}\nservices: {}", Malformed),
        ("a: &a [*a]", Malformed),
        ("[" * 500, Malformed),
        ("a: &a [x]\n" + "".join(f"b{n}: &b{n} [{', '.join([f'*b{n - 1}' if n else '*a'] * 9)}]\n" for n in range(9)), Malformed),
        ("x: &a {image: b}\n" + "".join(f"y{n}: &b{n} {{<<: [{', '.join([f'*b{n - 1}' if n else '*a'] * 9)}]}}\n" for n in range(9)), Malformed),
        ("kind: List\napiVersion: v1\nitems:\n- &l0 {kind: Pod, apiVersion: v1}\n" + "".join(f"- &l{n} {{kind: List, apiVersion: v1, items: [*l{n - 1}]}}\n" for n in range(1, 900)), Malformed),
        ("services: {web: {image: a}}\n" + "#" * (5 << 20), Bomb),
    ],
)  # fmt: skip
def test_hostile_files_are_refused_with_their_name(text: str, fault: type[SeamlineError]) -> None:
    write(a_yaml=text)
    with pytest.raises(fault, match=r"^a\.yaml"):
        read_deployment(("a.yaml",), {})


@pytest.mark.parametrize("given", ["", "no.yaml", "docker", "docker run", "x" * 5000, "docker run -e 'a b"])
def test_what_is_neither_a_file_nor_a_run_line_is_refused(given: str) -> None:
    with pytest.raises((NotFound, Malformed)):
        read_deployment((given,), {})
