"""Pods that differ from a restricted one in one thing each, by the name of that. `spec` and `context` are the pod's, `container`
and `own` its container's; None takes away. admission.json beside has what the admission of Kubernetes said."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

_PORTS = {"httpGet": {"port": 80, "host": "10.0.0.1"}}


class Pod(NamedTuple):
    spec: Mapping[str, Any] = MappingProxyType({})
    context: Mapping[str, Any] = MappingProxyType({})
    container: Mapping[str, Any] = MappingProxyType({})
    own: Mapping[str, Any] = MappingProxyType({})
    notes: Mapping[str, str] = MappingProxyType({})


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**below, **above}.items() if value is not None}


def manifest(pod: Pod) -> bytes:
    """The pod as JSON, which is YAML too."""
    own = _over({"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}, pod.own)
    container = _over({"name": "web", "image": "shop:1.4", "securityContext": own}, pod.container)
    context = _over({"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}, pod.context)
    spec = _over({"securityContext": context, "containers": [container]}, pod.spec)
    metadata = {"name": "shop", "annotations": dict(pod.notes)}
    return msgspec.json.encode({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})


def _volume(kind: str, **more: Any) -> Pod:
    return Pod(spec={"volumes": [{"name": "v", kind: more}]})


def _second(**own: Any) -> list[dict[str, Any]]:
    return [{"name": "second", "image": "other", "securityContext": own}]


_NAMESPACE = {"hostUsers": False}
_APPARMOR = "container.apparmor.security.beta.kubernetes.io/web"
PODS: dict[str, Pod] = {
    "restricted": Pod(),
    "privileged": Pod(own={"privileged": True, "allowPrivilegeEscalation": None}),
    "privileged-false": Pod(own={"privileged": False}),
    "escalation-unsaid": Pod(own={"allowPrivilegeEscalation": None}),
    "escalation-allowed": Pod(own={"allowPrivilegeEscalation": True}),
    "escalation-in-an-init-container": Pod(spec={"initContainers": _second(capabilities={"drop": ["ALL"]})}),
    "no-context-at-all": Pod(spec={"securityContext": None}, container={"securityContext": None}),
    "capabilities-unsaid": Pod(own={"capabilities": None}),
    "capabilities-dropped-some": Pod(own={"capabilities": {"drop": ["NET_RAW"]}}),
    "capabilities-dropped-in-small-letters": Pod(own={"capabilities": {"drop": ["all"]}}),
    "capabilities-bind": Pod(own={"capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}}),
    "capabilities-bind-with-cap": Pod(own={"capabilities": {"drop": ["ALL"], "add": ["CAP_NET_BIND_SERVICE"]}}),
    "capabilities-chown": Pod(own={"capabilities": {"drop": ["ALL"], "add": ["CHOWN"]}}),
    "capabilities-admin": Pod(own={"capabilities": {"drop": ["ALL"], "add": ["SYS_ADMIN", "NET_BIND_SERVICE"]}}),
    "host-network": Pod(spec={"hostNetwork": True}),
    "host-pid": Pod(spec={"hostPID": True}),
    "host-ipc": Pod(spec={"hostIPC": True}),
    "host-namespaces-false": Pod(spec={"hostIPC": False, "hostPID": False, "hostNetwork": False}),
    "host-port": Pod(container={"ports": [{"containerPort": 80, "hostPort": 80}]}),
    "host-port-of-0": Pod(container={"ports": [{"containerPort": 80, "hostPort": 0}]}),
    "host-port-of-an-init-container": Pod(spec={"initContainers": [{"name": "i", "image": "x", "ports": [{"containerPort": 1, "hostPort": 9}], "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}}]}),
    "port-alone": Pod(container={"ports": [{"containerPort": 80}]}),
    "volume-config-map": _volume("configMap", name="a"),
    "volume-csi": _volume("csi", driver="a"),
    "volume-downward": _volume("downwardAPI"),
    "volume-empty": _volume("emptyDir"),
    "volume-ephemeral": _volume("ephemeral"),
    "volume-claim": _volume("persistentVolumeClaim", claimName="a"),
    "volume-projected": _volume("projected", sources=[]),
    "volume-secret": _volume("secret", secretName="a"),
    "volume-of-an-image": _volume("image", reference="a"),
    "volume-host": _volume("hostPath", path="/var/log"),
    "volume-nfs": _volume("nfs", server="a", path="/"),
    "volume-iscsi": _volume("iscsi", targetPortal="a", iqn="b", lun=0),
    "volume-git": _volume("gitRepo", repository="a"),
    "volume-rbd": _volume("rbd", monitors=["a"], image="b"),
    "volume-without-a-kind": Pod(spec={"volumes": [{"name": "v"}]}),
    "non-root-unsaid": Pod(context={"runAsNonRoot": None}),
    "non-root-false": Pod(context={"runAsNonRoot": False}),
    "non-root-by-the-container": Pod(context={"runAsNonRoot": None}, own={"runAsNonRoot": True}),
    "non-root-false-of-the-pod-alone": Pod(context={"runAsNonRoot": False}, own={"runAsNonRoot": True}),
    "non-root-false-of-the-container": Pod(own={"runAsNonRoot": False}),
    "user-1000": Pod(context={"runAsUser": 1000}),
    "user-0": Pod(context={"runAsUser": 0}),
    "user-0-of-the-container": Pod(own={"runAsUser": 0}),
    "user-0-of-the-pod-alone": Pod(context={"runAsUser": 0}, own={"runAsUser": 1000}),
    "group-0": Pod(context={"runAsGroup": 0}),
    "namespace-and-root": Pod(spec=_NAMESPACE, context={"runAsNonRoot": None, "runAsUser": 0}),
    "namespace-and-non-root-false": Pod(spec=_NAMESPACE, context={"runAsNonRoot": False}),
    "namespace-and-root-of-the-container": Pod(spec=_NAMESPACE, own={"runAsUser": 0, "runAsNonRoot": False}),
    "namespace-and-proc": Pod(spec=_NAMESPACE, own={"procMount": "Unmasked"}),
    "namespace-and-privileged": Pod(spec=_NAMESPACE, own={"privileged": True}),
    "namespace-and-capabilities": Pod(spec=_NAMESPACE, own={"capabilities": {"add": ["SYS_ADMIN"]}}),
    "namespace-and-escalation": Pod(spec=_NAMESPACE, own={"allowPrivilegeEscalation": True}),
    "namespace-of-the-host-and-root": Pod(spec={"hostUsers": True}, context={"runAsUser": 0}),
    "proc-default": Pod(own={"procMount": "Default"}),
    "proc-unmasked": Pod(own={"procMount": "Unmasked"}),
    "seccomp-unsaid": Pod(context={"seccompProfile": None}),
    "seccomp-local": Pod(context={"seccompProfile": {"type": "Localhost", "localhostProfile": "a.json"}}),
    "seccomp-unconfined": Pod(context={"seccompProfile": {"type": "Unconfined"}}),
    "seccomp-unconfined-of-the-container": Pod(own={"seccompProfile": {"type": "Unconfined"}}),
    "seccomp-unconfined-of-the-pod-alone": Pod(context={"seccompProfile": {"type": "Unconfined"}}, own={"seccompProfile": {"type": "RuntimeDefault"}}),
    "seccomp-by-the-container": Pod(context={"seccompProfile": None}, own={"seccompProfile": {"type": "RuntimeDefault"}}),
    "apparmor-default": Pod(context={"appArmorProfile": {"type": "RuntimeDefault"}}),
    "apparmor-unconfined": Pod(context={"appArmorProfile": {"type": "Unconfined"}}),
    "apparmor-unconfined-of-the-container": Pod(own={"appArmorProfile": {"type": "Unconfined"}}),
    "apparmor-unconfined-of-the-pod-alone": Pod(context={"appArmorProfile": {"type": "Unconfined"}}, own={"appArmorProfile": {"type": "RuntimeDefault"}}),
    "apparmor-note-unconfined": Pod(notes={_APPARMOR: "unconfined"}),
    "apparmor-note-local": Pod(notes={_APPARMOR: "localhost/a"}),
    "apparmor-note-default": Pod(notes={_APPARMOR: "runtime/default"}),
    "apparmor-note-of-nonsense": Pod(notes={_APPARMOR: "nonsense"}),
    "selinux-container": Pod(context={"seLinuxOptions": {"type": "container_t", "level": "s0"}}),
    "selinux-engine": Pod(own={"seLinuxOptions": {"type": "container_engine_t"}}),
    "selinux-super": Pod(own={"seLinuxOptions": {"type": "spc_t"}}),
    "selinux-user": Pod(context={"seLinuxOptions": {"user": "system_u"}}),
    "selinux-role-of-the-pod-alone": Pod(context={"seLinuxOptions": {"role": "a"}}, own={"seLinuxOptions": {"type": "container_t"}}),
    "sysctl-safe": Pod(context={"sysctls": [{"name": "net.ipv4.tcp_syncookies", "value": "1"}, {"name": "net.ipv4.tcp_rmem", "value": "1"}]}),
    "sysctl-newest": Pod(context={"sysctls": [{"name": "net.ipv4.tcp_notsent_lowat", "value": "1"}, {"name": "net.ipv4.tcp_slow_start_after_idle", "value": "0"}]}),
    "sysctl-unsafe": Pod(context={"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}),
    "probe-by-http": Pod(container={"livenessProbe": {"httpGet": {"port": 80}}}),
    "probe-host-by-http": Pod(container={"livenessProbe": _PORTS}),
    "probe-host-by-tcp": Pod(container={"readinessProbe": {"tcpSocket": {"port": 80, "host": "169.254.169.254"}}}),
    "probe-host-empty": Pod(container={"startupProbe": {"httpGet": {"port": 80, "host": ""}}}),
    "probe-host-itself": Pod(container={"startupProbe": {"httpGet": {"port": 80, "host": "127.0.0.1"}}}),
    "hook-host": Pod(container={"lifecycle": {"preStop": _PORTS}}),
    "hook-host-by-tcp": Pod(container={"lifecycle": {"postStart": {"tcpSocket": {"port": 1, "host": "a"}}}}),
    "hook-of-a-command": Pod(container={"lifecycle": {"preStop": {"exec": {"command": ["a"]}}}}),
    "windows": Pod(spec={"os": {"name": "windows"}}, context={"seccompProfile": None}, own={"capabilities": None, "allowPrivilegeEscalation": None}),
    "windows-host-process": Pod(spec={"os": {"name": "windows"}, "hostNetwork": True}, context={"windowsOptions": {"hostProcess": True}}),
    "windows-host-process-of-the-pod-alone": Pod(context={"windowsOptions": {"hostProcess": True}}, own={"windowsOptions": {"hostProcess": False}}),
    "an-ephemeral-container": Pod(spec={"ephemeralContainers": _second()}),
}  # fmt: skip
