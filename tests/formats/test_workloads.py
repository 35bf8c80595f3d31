"""One form for how a container is run, whoever wrote it down: manifest, compose file or run line."""

from __future__ import annotations

import pytest

from seamline.errors import Malformed
from seamline.formats import kubernetes
from seamline.formats.compose import services
from seamline.formats.compose.load import load_project
from seamline.formats.run_line import parse_run_line, run_lines
from seamline.formats.run_options import published
from seamline.formats.yaml_document import parse_marked, parse_yaml
from seamline.model.workload import Mount, PublishedPort, Workload

DEPLOYMENT = b"""
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  template:
    metadata:
      annotations: {container.apparmor.security.beta.kubernetes.io/web: runtime/default}
    spec:
      hostNetwork: true
      automountServiceAccountToken: false
      securityContext: {runAsUser: 1000, runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
      volumes: [{name: data, emptyDir: {medium: Memory}}, {name: etc, hostPath: {path: /etc}}]
      initContainers: [{name: wait, image: busybox}]
      containers:
      - name: web
        image: registry.example/shop:1.4
        args: [serve, "8080"]
        ports: [{containerPort: 80, hostPort: 80}, {containerPort: 9000}]
        resources: {limits: {memory: 1Gi}, requests: {cpu: 100m}}
        livenessProbe: {httpGet: {port: 80}}
        volumeMounts: [{name: data, mountPath: /tmp}, {name: etc, mountPath: /host, readOnly: true, mountPropagation: Bidirectional}]
        env: [{name: A, value: "1"}, {name: B, valueFrom: {secretKeyRef: {name: x, key: y}}}]
        securityContext:
          runAsUser: 0
          readOnlyRootFilesystem: true
          allowPrivilegeEscalation: false
          capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}
"""


def of_kubernetes(data: bytes) -> list[Workload]:
    return [
        each
        for document in parse_yaml(data, "k8s.yaml")
        for each in kubernetes.workloads_of(document, "k8s.yaml")
    ]


def test_a_deployment_gives_its_containers_and_the_container_s_word_goes_before_the_pod_s() -> None:
    wait, web = of_kubernetes(DEPLOYMENT)
    assert (wait.user, wait.non_root, wait.seccomp) == ("1000", True, "RuntimeDefault")
    assert (web.user, web.image, web.arguments) == ("0", "registry.example/shop:1.4", ("serve", "8080"))
    assert (web.read_only, web.no_new_privileges, web.cap_drop, web.cap_add) == (
        True,
        True,
        ("ALL",),
        ("NET_BIND_SERVICE",),
    )
    assert (web.network, web.memory, web.cpu, web.has_probe, web.mounts_token) == (
        "host",
        "1Gi",
        "100m",
        True,
        False,
    )
    assert web.ports == (PublishedPort(container=80, host=80),)
    assert web.mounts == (
        Mount(kind="tmpfs", source="data", target="/tmp"),
        Mount(kind="bind", source="/etc", target="/host", read_only=True, propagation="Bidirectional"),
    )
    assert web.environment == ("A=1",)
    assert (web.apparmor, wait.apparmor) == ("runtime/default", "")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("Pod", "spec: {containers: [{name: a, image: x}]}"),
        ("Job", "spec: {template: {spec: {containers: [{name: a, image: x}]}}}"),
        ("CronJob", "spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: x}]}}}}}"),
        ("List", "items: [{apiVersion: v1, kind: Pod, spec: {containers: [{name: a, image: x}]}}]"),
    ],
)
def test_every_kind_that_runs_pods_is_read(kind: str, body: str) -> None:
    (found,) = of_kubernetes(f"apiVersion: v1\nkind: {kind}\n{body}\n".encode())
    assert found.image == "x"


@pytest.mark.parametrize(
    "body",
    [
        "kind: Service\napiVersion: v1",
        "kind: Pod\napiVersion: v1\nspec: 7",
    ],
)
def test_what_runs_no_pod_or_is_misshapen_gives_nothing(body: str) -> None:
    assert of_kubernetes(body.encode()) == []


COMPOSE = b"""
services:
  web:
    image: shop:1.4
    user: "1000:1000"
    read_only: true
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true, apparmor=unconfined, "label=disable"]
    ports: ["127.0.0.1:8080:80", {target: 443, published: "8443", host_ip: "::1"}]
    volumes: ["./data:/data:ro", "cache:/cache", {type: bind, source: /etc, target: /host, bind: {propagation: rshared}}]
    tmpfs: /run
    pids_limit: 100
    deploy: {resources: {limits: {memory: 512M, cpus: "0.5"}}, restart_policy: {condition: on-failure, max_attempts: 5}}
    healthcheck: {test: [CMD, /check]}
    environment: {A: 1, B: null}
    command: serve --port "80"
  other:
    image: redis
    network_mode: host
    healthcheck: {disable: true}
"""


def test_a_compose_file_gives_its_services() -> None:
    project = load_project([("c.yaml", parse_marked(COMPOSE, "c.yaml"))], lambda _: None, {}, "shop")
    web, other = services.workloads_of(project.document, "c.yaml")
    assert (web.user, web.group, web.read_only, web.no_new_privileges) == ("1000", "1000", True, True)
    assert (web.apparmor, web.selinux, web.memory, web.cpu, web.pids) == (
        "unconfined",
        "disable",
        "512M",
        "0.5",
        "100",
    )
    assert web.ports == (
        PublishedPort(container=80, host=8080, address="127.0.0.1"),
        PublishedPort(container=443, host=8443, address="::1"),
    )
    assert [(m.kind, m.source, m.target, m.read_only, m.propagation) for m in web.mounts] == [
        ("bind", "./data", "/data", True, ""),
        ("volume", "cache", "/cache", False, ""),
        ("bind", "/etc", "/host", False, "rshared"),
        ("tmpfs", "", "/run", False, ""),
    ]
    assert (web.restart, web.arguments, web.has_probe) == ("on-failure:5", ("serve", "--port", "80"), True)
    assert (other.network, other.has_probe, other.no_new_privileges) == ("host", False, None)


def test_a_run_line_is_read_as_docker_reads_it() -> None:
    line = (
        "docker run -d --rm -itu 1000:50 -p 127.0.0.1:80:8080 -p9000-9002 -v /etc:/host:ro,rshared --mount "
        "type=bind,src=/a,dst=/b,readonly --cap-drop=ALL --cap-add NET_RAW --security-opt no-new-privileges "
        "--security-opt seccomp=unconfined --read-only --memory 1g --pids-limit=50 --net host -e A=1 shop:1.4 serve --fast"
    )
    found = parse_run_line(line, "run line")
    assert (found.image, found.arguments, found.user, found.group) == (
        "shop:1.4",
        ("serve", "--fast"),
        "1000",
        "50",
    )
    assert [(p.address, p.host, p.container) for p in found.ports] == [
        ("127.0.0.1", 80, 8080),
        ("", 0, 9000),
        ("", 0, 9001),
        ("", 0, 9002),
    ]
    assert [(m.source, m.target, m.read_only, m.propagation) for m in found.mounts] == [
        ("/etc", "/host", True, "rshared"),
        ("/a", "/b", True, ""),
    ]
    assert (found.read_only, found.no_new_privileges, found.seccomp) == (True, True, "unconfined")
    assert (found.memory, found.pids, found.network, found.environment) == ("1g", "50", "host", ("A=1",))


@pytest.mark.parametrize(
    "line",
    [
        "docker run",
        "docker run --rm -p 80:80",
        "podman run -it",
        "docker compose up",
        "docker compose run web",
        "podman play kube pod.yaml",
        "podman pod create shop",
    ],
)
def test_a_run_line_without_an_image_is_refused(line: str) -> None:
    with pytest.raises(Malformed, match="an image"):
        parse_run_line(line, "run line")


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("80", [("", 0, 80)]),
        ("8080:80", [("", 8080, 80)]),
        ("0.0.0.0:8080:80/udp", [("0.0.0.0", 8080, 80)]),  # noqa: S104 - what a user may write
        ("[::1]:8080:80", [("::1", 8080, 80)]),
        ("127.0.0.1::80", [("127.0.0.1", 0, 80)]),
        ("8000-8001:80-81", [("", 8000, 80), ("", 8001, 81)]),
        ("::1:8080:80", [("::1", 8080, 80)]),
        (":8080:80", [("", 8080, 80)]),
        (":80", [("", 0, 80)]),
        ("0:80", [("", 0, 80)]),
        ("8080-8090:80", [("", 8080, 80)]),
        ("65535:65535/SCTP", [("", 65535, 65535)]),
        ("80/", [("", 0, 80)]),
    ],
)
def test_a_published_port_in_each_of_its_forms(text: str, ports: list[tuple[str, int, int]]) -> None:
    assert [(port.address, port.host, port.container) for port in published(text, "line")] == ports


@pytest.mark.parametrize(
    "text",
    [
        "nonsense", "", "8080:", "99999:80", "80:99999", "65536", "+80:80", "80-70", "8000-8002:80-81", "80/icmp",
        "80:80/tcp/udp", "example.com:80:80", "1:2:3", "[::1:80:80", "9999999999:80",
    ],
)  # fmt: skip
def test_what_docker_takes_for_no_port_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match=r"^line: expected HOST:CONTAINER, got .*ports up to 65535"):
        list(published(text, "line"))


def test_a_run_line_that_publishes_no_port_is_refused_with_its_place() -> None:
    with pytest.raises(Malformed, match=r"^run line --publish: expected HOST:CONTAINER, got '99999:80'"):
        parse_run_line("docker run -p 80 -p 99999:80 shop:1", "run line")
    with pytest.raises(Malformed, match=r"^run.sh:2 --publish: expected HOST:CONTAINER, got 'abc'"):
        list(run_lines("#!/bin/sh\ndocker run --publish=abc shop:1\n", "run.sh"))
    document = parse_marked(b"services: {a: {image: b, ports: ['80:99999']}}", "c.yaml")
    with pytest.raises(Malformed, match=r"services.a.ports: expected HOST:CONTAINER, got '80:99999'"):
        load_project([("c.yaml", document)], lambda _: None, {}, "shop")


def test_a_port_that_a_variable_decides_is_kept_as_unknown() -> None:
    found = parse_run_line("docker run -p $PORT:80 -p 127.0.0.1:${P:-81}:81 -p 82:82 shop:1", "run line")
    assert found.unknown_ports == ("$PORT:80", "127.0.0.1:${P:-81}:81")
    assert [(port.host, port.container) for port in found.ports] == [(82, 82)]


@pytest.mark.parametrize(
    "line",
    [
        "docker -H tcp://host run shop:1",
        "DOCKER_HOST=tcp://host docker --context far container run --rm shop:1",
        "sudo -u app podman --log-level=debug create shop:1",
    ],
)
def test_a_tool_s_own_options_are_no_image(line: str) -> None:
    assert parse_run_line(line, "run line").image == "shop:1"


@pytest.mark.parametrize(
    "line",
    [
        "docker run -e 'A shop:1",
        'docker run -e A="b shop:1 serve',
        "docker run shop:1 sh -c 'a\\'b'",
        "docker run x \\",
    ],
)
def test_a_run_line_with_an_open_quotation_is_refused_and_not_guessed(line: str) -> None:
    with pytest.raises(Malformed, match=r"run line: expected a whole line, got a (quotation|backslash)"):
        parse_run_line(line, "run line")


def test_a_script_s_run_lines_are_read_as_its_shell_reads_them() -> None:
    script = (
        "#!/bin/sh\n# docker run no:1\nset -e\nif x; then\n  docker run -e A='two\nlines' \\\n    --read-only shop:1 serve\nfi\n"
        "echo 'docker run no:2'; sudo podman run -v \"$PWD:/x\" other:1 && docker compose run web\n"
    )
    one, other = run_lines(script, "run.sh")
    assert (one.image, one.environment, one.read_only, one.where) == (
        "shop:1",
        ("A=two\nlines",),
        True,
        "run.sh:5",
    )
    assert (other.image, other.mounts[0].source, other.where) == ("other:1", "$PWD", "run.sh:9")


def test_a_script_with_an_open_quotation_is_refused_at_its_line() -> None:
    with pytest.raises(
        Malformed, match=r"run\.sh:3: expected a whole script, got a quotation that stays open"
    ):
        list(run_lines("#!/bin/sh\na\ndocker run -e 'A shop:1\nb\n", "run.sh"))


UNKNOWN = """
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: shop}
spec: {template: {spec: {hostNetwork: true, containers: [{name: web, image: "shop:1"}]}}}
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: shop}
spec: {template: {spec: {containers: [{image: "shop:2", securityContext: {privileged: true}}]}}}
---
apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
metadata: {name: shop}
spec: {workflowSpec: {templates: [{name: a, container: {name: main, image: "shop:3", command: [run]}}]}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: shop}
data: {containers: "none"}
"""


def test_the_pods_of_kinds_that_nobody_here_knows_are_found() -> None:
    rollout, knative, workflow = of_kubernetes(UNKNOWN.encode())
    assert (rollout.image, rollout.network, rollout.where) == ("shop:1", "host", "k8s.yaml Rollout/shop web")
    assert (knative.image, knative.privileged) == ("shop:2", True)
    assert (workflow.image, workflow.command) == ("shop:3", ("run",))


def test_probes_hooks_hosts_and_words_with_variables_are_read() -> None:
    (found,) = of_kubernetes(
        b"""
apiVersion: v1
kind: Pod
spec:
  containers:
  - name: web
    image: shop
    command: [run, "$(A)-$(B)", "$$(A)"]
    args: []
    workingDir: /srv
    env: [{name: A, value: x}]
    livenessProbe: {exec: {command: [/check, -q]}}
    readinessProbe: {httpGet: {port: 80, host: 169.254.169.254}}
    startupProbe: {tcpSocket: {port: 80, host: ""}}
    lifecycle: {preStop: {exec: {command: [sleep, "5"]}}, postStart: {tcpSocket: {port: 1, host: 10.0.0.1}}}
"""
    )
    assert (found.command, found.arguments, found.working_folder) == (("run", "x-$(B)", "$(A)"), None, "/srv")
    assert [(each.name, each.words) for each in found.checks] == [
        ("livenessProbe", ("/check", "-q")),
        ("lifecycle.preStop", ("sleep", "5")),
    ]
    assert found.probed_hosts == (
        "readinessProbe.httpGet.host: 169.254.169.254",
        "lifecycle.postStart.tcpSocket.host: 10.0.0.1",
    )


@pytest.mark.parametrize(
    "body", ["{containers: {a: 1}}", "{containers: [1]}", "{initContainers: x, containers: []}"]
)
def test_containers_that_are_none_are_refused_with_their_place(body: str) -> None:
    with pytest.raises(Malformed, match=r"k8s\.yaml Pod/ (initC|c)ontainers: expected"):
        of_kubernetes(f"kind: Pod\napiVersion: v1\nspec: {body}".encode())
