"""Run lines, compose files and manifests whose verdicts are known, each beside an image that the maker wrote."""

from __future__ import annotations

from benchmarks.verdicts.images import APP, Case, app
from benchmarks.verdicts.make import NAME, PASSWD, F, Files, base_picture

SHOP = app(ExposedPorts={"80/tcp": {}})
SILENT = app()
CHECKED = app(Healthcheck={"Test": ["CMD", "/app/run"]})
BROKEN = app(Healthcheck={"Test": ["CMD", "/app/gone"]})
SSHD: Files = {"usr/sbin/sshd": F(b"\x7fELFsshd", 0o755)}
NA = "n/a"

RUN_LINES = {
    "CIS-5.2": ("", "--security-opt apparmor=unconfined"),
    "CIS-5.3": ("--security-opt label=level:s0", "--security-opt label=disable"),
    "CIS-5.4": ("--cap-drop ALL --cap-add CHOWN", "--cap-drop ALL --cap-add SYS_ADMIN"),
    "CIS-5.5": ("", "--privileged"),
    "CIS-5.6": ("-v /srv/data:/data", "-v /etc/../etc/:/host"),
    "CIS-5.8": ("-p 8080:80", "-p 80:80"),
    "CIS-5.9": ("-p 8080:80", "-p 8080:81"),
    "CIS-5.10": ("", "--network host"),
    "CIS-5.11": ("-m 1g", ""),
    "CIS-5.12": ("--cpus 2", ""),
    "CIS-5.13": ("--read-only", ""),
    "CIS-5.14": ("-p 127.0.0.1:8080:80", "-p 0.0.0.0:8080:80"),
    "CIS-5.15": ("--restart on-failure:5", "--restart on-failure:0"),
    "CIS-5.16": ("", "--pid=host"),
    "CIS-5.17": ("", "--ipc=host"),
    "CIS-5.18": ("", "--device /dev/sda"),
    "CIS-5.20": ("-v /a:/a", "-v /a:/a:shared"),
    "CIS-5.21": ("", "--uts host"),
    "CIS-5.22": ("", "--security-opt seccomp=unconfined"),
    "CIS-5.25": ("", "--cgroup-parent /x"),
    "CIS-5.26": ("--security-opt no-new-privileges", ""),
    "CIS-5.27": ("--health-cmd /app/run", "--no-healthcheck"),
    "CIS-5.29": ("--pids-limit 100", "--pids-limit -1"),
    "CIS-5.30": ("--network own", ""),
    "CIS-5.31": ("", "--userns host"),
    "CIS-5.32": ("", "-v /var/run/docker.sock:/var/run/docker.sock"),
}
BOTH_WAYS = tuple(
    Case(f"{rule}: {options or 'nothing said'}", SHOP, {rule: truth}, deploy=f"docker run {options} {NAME}")
    for rule, pair in RUN_LINES.items()
    for options, truth in zip(pair, ("pass", APP), strict=True)
)


LINES = (
    Case("everything dropped by its long name", SHOP, {"CIS-5.4": "pass"}, deploy=f"docker run --cap-drop cap_all {NAME}"),
    Case("nobody says how it is run", SHOP, {"CIS-5.2": "undecidable", "CIS-5.5": "undecidable", "CIS-5.22": "undecidable", "CIS-5.23": "undecidable"}),
    Case("sshd in the application", app(SSHD), {"CIS-5.7": APP}),
    Case("sshd as the start command", app({"usr/sbin/sshd": F(b"\x7fELF", 0o755)}, Entrypoint=["/usr/sbin/sshd", "-D"]), {"CIS-5.7": APP}, deploy=f"docker run {NAME}"),
    Case("dropbear in the application", app({"usr/sbin/dropbear": F(b"\x7fELF", 0o755)}), {"CIS-5.7": APP}, deploy=f"docker run {NAME}"),
    Case("no sshd anywhere", SILENT, {"CIS-5.7": "pass"}),
    Case("a published port of an image that declares none", SILENT, {"CIS-5.9": "undecidable"}, deploy=f"docker run -p 8080:80 {NAME}"),
    Case("the folder that holds the engine's socket", SHOP, {"CIS-5.32": APP, "CIS-5.6": APP}, deploy=f"docker run -v /var/run:/host/run {NAME}"),
    Case("the kernel's files below /proc", SHOP, {"CIS-5.6": APP}, deploy=f"docker run -v /proc/sys:/x {NAME}"),
    Case("a time zone is nothing sensitive", SHOP, {"CIS-5.6": "pass"}, deploy=f"docker run -v /etc/localtime:/etc/localtime:ro {NAME}"),
    Case("a tag that may be old", SHOP, {"CIS-5.28": "undecidable"}, deploy=f"docker run {NAME}"),
    Case("a digest", SHOP, {"CIS-5.28": "pass", "SL-0013": "pass"}, deploy=f"docker run {NAME}@sha256:{'a' * 64}"),
    Case("a tag that is never asked for again", SHOP, {"CIS-5.28": APP}, deploy=f"docker run --pull never {NAME}"),
    Case("a tag that is always asked for", SHOP, {"CIS-5.28": "pass"}, deploy=f"docker run --pull always {NAME}"),
    Case("ulimits that nobody set", SHOP, {"CIS-5.19": "undecidable", "CIS-5.1": "undecidable", "CIS-5.24": "undecidable"}, deploy=f"docker run {NAME}"),
    Case("ulimits that are set", SHOP, {"CIS-5.19": "pass"}, deploy=f"docker run --ulimit nofile=1024 {NAME}"),
    Case("a label nobody set", SHOP, {"CIS-5.3": "undecidable"}, deploy=f"docker run {NAME}"),
    Case("the deployment's user overrides root", SHOP, {"CIS-4.1": "pass"}, deploy=f"docker run -u 1000:1000 {NAME}"),
    Case("the deployment's user 00 is root", app(User="1000"), {"CIS-4.1": APP}, deploy=f"docker run -u 00 {NAME}"),
    Case("the deployment's user is a name of root in the image", app({"etc/passwd": F(PASSWD + b"web:x:0:0::/:/bin/sh\n")}, User="1000"), {"CIS-4.1": APP}, deploy=f"docker run -u web {NAME}"),
    Case("a port that a variable of the shell decides", SHOP, {"CIS-5.8": "undecidable", "CIS-5.9": "undecidable", "CIS-5.14": "undecidable"}, deploy=f"docker run -p $PORT:80 {NAME}"),
    Case("a low port beside one that a variable decides", SHOP, {"CIS-5.8": APP, "CIS-5.14": APP}, deploy=f"docker run -p 443:80 -p $PORT:80 {NAME}"),
    Case("a run line's health check takes the place of none", SHOP, {"CIS-4.6": "pass", "CIS-5.27": "pass"}, deploy=f"docker run --health-cmd /app/run {NAME}"),
    Case("a run line's health check takes the place of one that runs", CHECKED, {"CIS-4.6": APP, "CIS-5.27": APP}, deploy=f"docker run --health-cmd /app/gone {NAME}"),
    Case("a run line's health check takes the place of one that cannot run", BROKEN, {"CIS-4.6": "pass", "CIS-5.27": "pass"}, deploy=f"docker run --health-cmd /app/run {NAME}"),
    Case("a run line leaves the image's health check", CHECKED, {"CIS-4.6": "pass", "CIS-5.27": "pass"}, deploy=f"docker run {NAME}"),
    Case("a run line switches the image's health check off", CHECKED, {"CIS-4.6": "pass", "CIS-5.27": APP}, deploy=f"docker run --no-healthcheck {NAME}"),
    Case("the deployment's user stands in no passwd", app(User="1000"), {"CIS-4.1": APP}, deploy=f"docker run -u ghost {NAME}"),
)  # fmt: skip

POD = f"""apiVersion: v1
kind: Pod
metadata: {{name: shop}}
spec:
  automountServiceAccountToken: false
  hostUsers: false
  securityContext: {{runAsNonRoot: true, runAsUser: 1000, seccompProfile: {{type: RuntimeDefault}}}}
  containers:
  - name: shop
    image: {NAME}
    securityContext: {{allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {{drop: [ALL]}}}}
    resources: {{limits: {{memory: 64Mi, cpu: 100m}}}}
    livenessProbe: {{tcpSocket: {{port: 8080}}}}
    volumeMounts: [{{name: data, mountPath: /data}}]
  volumes: [{{name: data, emptyDir: {{}}}}]
"""
LOOSE = f"""apiVersion: apps/v1
kind: Deployment
metadata: {{name: shop}}
spec:
  template:
    spec:
      hostNetwork: true
      hostPID: true
      hostIPC: true
      securityContext: {{seLinuxOptions: {{role: r, type: spc_t}}, sysctls: [{{name: kernel.msgmax, value: "1"}}]}}
      containers:
      - name: shop
        image: {NAME}
        securityContext: {{privileged: true, runAsUser: 0, procMount: Unmasked, capabilities: {{drop: [ALL], add: [CHOWN]}}}}
        ports: [{{containerPort: 80, hostPort: 80}}]
        lifecycle: {{preStop: {{httpGet: {{port: 80, host: 169.254.169.254}}}}}}
        volumeMounts: [{{name: host, mountPath: /data}}, {{name: nfs, mountPath: /nfs}}]
      volumes: [{{name: host, hostPath: {{path: /srv}}}}, {{name: nfs, nfs: {{server: s, path: /}}}}]
"""
WINDOWS = f"""apiVersion: v1
kind: Pod
metadata: {{name: shop}}
spec:
  os: {{name: windows}}
  containers:
  - {{name: shop, image: {NAME}, securityContext: {{runAsNonRoot: true}}}}
"""
ON_THE_NODE = WINDOWS.replace("runAsNonRoot: true", "windowsOptions: {hostProcess: true}")
_OF_LINUX = ("CIS-5.2", "CIS-5.3", "CIS-5.4", "CIS-5.22", "CIS-5.26", "SL-0024", "SL-0029", "SL-0030")
_HARD = (
    "CIS-4.1",
    "CIS-4.6",
    *(f"CIS-5.{n}" for n in (2, 4, 5, 6, 8, 10, 11, 12, 13, 16, 17, 18, 20, 21, 22, 26, 27, 31, 32)),
)
_OWN = ("SL-0024", "SL-0025", "SL-0026", "SL-0027", "SL-0028", "SL-0029", "SL-0030", "SL-0031")
SEVERAL = f"""apiVersion: batch/v1
kind: CronJob
metadata: {{name: nightly}}
spec:
  jobTemplate:
    spec:
      template:
        spec:
          initContainers:
          - {{name: prepare, image: {NAME}, securityContext: {{privileged: true}}}}
          - {{name: beside, image: "other.example/proxy:1", restartPolicy: Always, securityContext: {{privileged: true}}}}
          containers:
          - {{name: shop, image: {NAME}, securityContext: {{privileged: false, runAsUser: 1000}}}}
"""
COMPOSE = f"""services:
  shop:
    image: {NAME}
    user: "1000:1000"
    read_only: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    mem_limit: 64m
    cpus: 0.5
    pids_limit: 50
    restart: on-failure:5
    healthcheck: {{test: [CMD, /app/run]}}
    ports: ["127.0.0.1:8080:80"]
    networks: [own]
networks: {{own: {{}}}}
"""
BUILT = """name: registry.example
services:
  web: {build: ., privileged: true}
  shop: {build: ./shop, privileged: true, network_mode: host}
  cache: {image: "other.example/cache:1"}
"""
BEFORE = f"""services:
  shop:
    image: {NAME}
    user: "1000:1000"
    privileged: true
    pre_start: [{{command: [/app/gone], privileged: false}}, {{command: [/app/run]}}]
"""


def hooked(hook: str) -> str:
    """A service with one command behind its start."""
    return f"services: {{shop: {{image: '{NAME}', post_start: [{hook}]}}}}\n"


_COMPOSE_PASSES = (
    "CIS-4.1",
    *(f"CIS-5.{n}" for n in (2, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 22, 25, 26, 27, 29, 30, 31)),
)

FILES = (
    Case("a pod that keeps every rule", SHOP, {**dict.fromkeys((*_HARD, *_OWN), "pass"), **dict.fromkeys((f"CIS-5.{n}" for n in (1, 15, 19, 25, 29, 30)), NA)}, POD, "pod.yaml"),
    Case("a deployment that keeps none", SHOP, {**dict.fromkeys(("CIS-4.1", "CIS-4.6", *(f"CIS-5.{n}" for n in (2, 5, 8, 10, 11, 12, 13, 16, 17, 21, 22, 26, 27, 31)), *_OWN), APP), "CIS-5.4": "pass", "CIS-5.6": "pass"}, LOOSE, "deployment.yaml"),
    Case("a pod of Windows is not asked what only Linux has", SHOP, dict.fromkeys(_OF_LINUX, NA) | {"CIS-5.5": "pass", "SL-0025": "pass"}, WINDOWS, "windows.yaml"),
    Case("a container of Windows that runs on the node", SHOP, {"CIS-5.5": APP}, ON_THE_NODE, "node.yaml"),
    Case("init containers count, other images do not, a job has no probe", SHOP,
         {"CIS-5.5": f"{APP} + pass", "CIS-4.1": f"{APP} + pass", "CIS-5.27": NA, "CIS-4.6": NA}, SEVERAL, "cron.yaml"),
    Case("a compose file that keeps the rules", SHOP, dict.fromkeys(_COMPOSE_PASSES, "pass") | {"SL-0024": NA, "SL-0026": NA}, COMPOSE, "compose.yaml"),
    Case("hooks of programs that are there", SHOP, {"SL-0002": NA, "CIS-5.23": "undecidable", "CIS-5.24": "undecidable"}, hooked("{command: /app/run}"), "hooks.yaml"),
    Case("a hook of a program that is not there", SHOP, {"SL-0002": f"{APP} + n/a"}, hooked("{command: /app/gone --now}"), "hooks.yaml"),
    Case("a hook that finds its program by its own folder", SHOP, {"SL-0002": NA}, hooked("{command: ./run, working_dir: /app}"), "hooks.yaml"),
    Case("a hook with all rights", SHOP, {"CIS-5.23": APP, "CIS-5.24": "undecidable"}, hooked("{command: /app/run, privileged: true}"), "hooks.yaml"),
    Case("a hook as root", SHOP, {"CIS-5.24": APP, "CIS-5.23": "undecidable"}, hooked("{command: /app/run, user: '0:0'}"), "hooks.yaml"),
    Case("a container before the start has what its service has", SHOP, {"CIS-5.5": f"{APP} + pass", "SL-0002": f"{APP} + n/a + pass", "CIS-4.1": "pass", "CIS-4.6": f"{APP} + n/a"}, BEFORE, "before.yaml"),
    Case("a container before the start of another image", SHOP, {"CIS-5.5": "pass", "SL-0002": NA}, BEFORE.replace("command:", "image: 'other.example/tool:1', command:").replace("privileged: true\n", "\n").replace("privileged: false", "privileged: true"), "before.yaml"),
    Case("the tag latest is always asked for by Kubernetes", SHOP, {"CIS-5.28": "pass", "SL-0013": APP},
         f"apiVersion: v1\nkind: Pod\nmetadata: {{name: x}}\nspec: {{containers: [{{name: a, image: {NAME.rpartition(':')[0]}}}]}}\n", "latest.yaml"),
    Case("a base in a deployment", base_picture(), {"SL-0003": APP}, "services: {a: {image: 'registry.example/base/debian:12'}}\n", "base.yaml"),
    Case("an unpinned seccomp profile of a pod", SHOP, {"CIS-5.22": APP},
         f"apiVersion: v1\nkind: Pod\nmetadata: {{name: x}}\nspec: {{containers: [{{name: a, image: '{NAME}'}}]}}\n", "bare.yaml"),
)  # fmt: skip


def pod(old: str, new: str) -> str:
    """The pod that keeps every rule, but for one setting."""
    assert POD.count(old) == 1, old
    return POD.replace(old, new)


_GUARDS = "allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}"
_EMPTY = "emptyDir: {}"
_OWN_USERS = "  hostUsers: false\n"
_ONE_SETTING = {
    "CIS-4.1": ("runAsNonRoot: true, runAsUser: 1000, ", "runAsUser: 0, "),
    "CIS-5.2": ("runAsUser: 1000, ", "runAsUser: 1000, appArmorProfile: {type: Unconfined}, "),
    "CIS-5.4": ("drop: [ALL]", "drop: [ALL], add: [SYS_ADMIN]"),
    "CIS-5.5": (_GUARDS, "privileged: true, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}"),
    "CIS-5.6": (_EMPTY, "hostPath: {path: /etc}"),
    "CIS-5.8": ("livenessProbe:", "ports: [{containerPort: 8080, hostPort: 80}]\n    livenessProbe:"),
    "CIS-5.10": ("hostUsers: false", "hostUsers: false\n  hostNetwork: true"),
    "CIS-5.11": ("memory: 64Mi, ", ""),
    "CIS-5.12": (", cpu: 100m", ""),
    "CIS-5.13": ("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false"),
    "CIS-5.16": ("hostUsers: false", "hostUsers: false\n  hostPID: true"),
    "CIS-5.17": ("hostUsers: false", "hostUsers: false\n  hostIPC: true"),
    "CIS-5.22": ("seccompProfile: {type: RuntimeDefault}", "seccompProfile: {type: Unconfined}"),
    "CIS-5.26": ("allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true"),
    "CIS-5.32": (_EMPTY, "hostPath: {path: /var/run/docker.sock}"),
    "SL-0024": ("drop: [ALL]", "drop: [NET_RAW]"),
    "SL-0025": (
        "hostUsers: false\n  securityContext: {runAsNonRoot: true, ",
        "hostUsers: true\n  securityContext: {",
    ),
    "SL-0026": ("automountServiceAccountToken: false", "automountServiceAccountToken: true"),
    "SL-0027": (_EMPTY, "hostPath: {path: /srv/data}"),
    "SL-0028": ("livenessProbe:", "ports: [{containerPort: 8080, hostPort: 8080}]\n    livenessProbe:"),
    "SL-0029": ("runAsUser: 1000, ", "runAsUser: 1000, sysctls: [{name: kernel.msgmax, value: '1'}], "),
    "SL-0030": ("runAsUser: 1000, ", "runAsUser: 1000, seLinuxOptions: {type: spc_t}, "),
    "SL-0031": (
        "livenessProbe:",
        "readinessProbe: {tcpSocket: {port: 80, host: 10.0.0.1}}\n    livenessProbe:",
    ),
}
PODS = (
    *(Case(f"a pod that breaks {rule} alone", SHOP, {rule: APP}, pod(*change), "pod.yaml") for rule, change in _ONE_SETTING.items()),
    Case("a pod may add NET_BIND_SERVICE", SHOP, {"SL-0024": "pass"}, pod("drop: [ALL]", "drop: [ALL], add: [NET_BIND_SERVICE]"), "pod.yaml"),
    Case("a pod drops all in lower case", SHOP, {"SL-0024": APP, "CIS-5.4": "pass"}, pod("drop: [ALL]", "drop: [all]"), "pod.yaml"),
    Case("a sysctl that is safe", SHOP, {"SL-0029": "pass"}, pod("runAsUser: 1000, ", "runAsUser: 1000, sysctls: [{name: net.ipv4.tcp_syncookies, value: '1'}], "), "pod.yaml"),
    Case("procMount unmasked", SHOP, {"SL-0029": APP}, pod(_GUARDS, f"procMount: Unmasked, {_GUARDS}").replace(_OWN_USERS, ""), "pod.yaml"),
    Case("procMount unmasked among users of its own", SHOP, {"SL-0029": "pass"}, pod(_GUARDS, f"procMount: Unmasked, {_GUARDS}"), "pod.yaml"),
    Case("root among users of its own", SHOP, {"SL-0025": "pass", "CIS-4.1": APP}, pod("runAsNonRoot: true, runAsUser: 1000, ", "runAsUser: 0, "), "pod.yaml"),
    Case("root among the node's users", SHOP, {"SL-0025": APP}, pod("runAsUser: 1000, ", "runAsUser: 0, ").replace(_OWN_USERS, ""), "pod.yaml"),
    Case("the container's root overrides the pod's user", SHOP, {"CIS-4.1": APP, "SL-0025": "pass"}, pod(_GUARDS, f"runAsUser: 0, {_GUARDS}"), "pod.yaml"),
    Case("a container that may run as root though its pod may not", SHOP, {"SL-0025": APP}, pod(_GUARDS, f"runAsNonRoot: false, {_GUARDS}").replace(_OWN_USERS, ""), "pod.yaml"),
    Case("a container's own seccomp profile is switched off", SHOP, {"CIS-5.22": APP}, pod(_GUARDS, f"seccompProfile: {{type: Unconfined}}, {_GUARDS}"), "pod.yaml"),
    Case("a container's own profile in a pod that has none", SHOP, {"CIS-5.22": "pass"},
         pod(", seccompProfile: {type: RuntimeDefault}", "").replace(_GUARDS, f"seccompProfile: {{type: RuntimeDefault}}, {_GUARDS}"), "pod.yaml"),
    Case("a pod of a digest", SHOP, {"SL-0013": "pass"}, pod(NAME, f"{NAME}@sha256:{'a' * 64}"), "pod.yaml"),
    Case("a pod of the tag latest", SHOP, {"SL-0013": APP}, pod(NAME, NAME.rpartition(":")[0] + ":latest"), "pod.yaml"),
    Case("an SELinux user of its own", SHOP, {"SL-0030": APP}, pod("runAsUser: 1000, ", "runAsUser: 1000, seLinuxOptions: {user: system_u}, "), "pod.yaml"),
    Case("AppArmor is switched off by the older annotation", SHOP, {"CIS-5.2": APP},
         pod("{name: shop}", "{name: shop, annotations: {container.apparmor.security.beta.kubernetes.io/shop: unconfined}}"), "pod.yaml"),
    Case("a seccomp profile of the node's own", SHOP, {"CIS-5.22": "pass"},
         pod("seccompProfile: {type: RuntimeDefault}", "seccompProfile: {type: Localhost, localhostProfile: shop.json}"), "pod.yaml"),
    Case("the socket's folder is mounted", SHOP, {"CIS-5.32": APP, "CIS-5.6": APP}, pod(_EMPTY, "hostPath: {path: /var/run}"), "pod.yaml"),
    Case("a probe of a program that is not there", SHOP, {"CIS-4.6": APP, "CIS-5.27": APP}, pod("tcpSocket: {port: 8080}", "exec: {command: [/app/gone]}"), "pod.yaml"),
    Case("a probe of a program that is there", SHOP, {"CIS-4.6": "pass", "CIS-5.27": "pass"}, pod("tcpSocket: {port: 8080}", "exec: {command: [/app/run]}"), "pod.yaml"),
    Case("a pod whose line comes to a program that is not there", SHOP, {"SL-0002": f"{APP} + n/a"}, pod("    resources:", "    command: [sh, -c, 'gone && /app/run']\n    resources:"), "pod.yaml"),
    Case("containerd's socket is mounted", SHOP, {"CIS-5.32": APP}, pod(_EMPTY, "hostPath: {path: /run/containerd/containerd.sock}"), "pod.yaml"),
)  # fmt: skip
"""One setting at a time. Sources: Kubernetes' API reference, PodSpec and SecurityContext; Pod Security Standards."""
DEPLOYMENTS = (*BOTH_WAYS, *LINES, *FILES, *PODS)
