"""Compose files put together in every way that the specification knows, by the name of what is in them. `files` are written into
an empty folder; `given` are named one after another (none: those that Compose takes by itself); `profiles` are switched on."""

from __future__ import annotations

from typing import NamedTuple


class Case(NamedTuple):
    files: dict[str, str]
    given: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()


def one(text: str, **files: str) -> Case:
    return Case({"compose.yaml": text, **{_path(name): each for name, each in files.items()}})


def two(below: str, above: str, **files: str) -> Case:
    whole = {"compose.yaml": below, "compose.override.yaml": above}
    return Case({**whole, **{_path(name): each for name, each in files.items()}})


def _path(name: str) -> str:
    path = name.replace("__", "/").replace("_", ".")
    return f"{path[:-3]}.env" if path == "env" or path.endswith("/env") else path


def web(body: str, rest: str = "") -> str:
    return f"services:\n  web:\n    image: shop:1\n{_indented(body)}{rest}"


def over(body: str, rest: str = "") -> str:
    return f"services:\n  web:\n{_indented(body)}{rest}"


def _indented(body: str) -> str:
    return "".join(f"    {line}\n" for line in body.strip("\n").splitlines())


HARD = """
read_only: true
cap_drop: [ALL]
security_opt: [no-new-privileges:true]
user: "1000:1000"
pids_limit: 100
mem_limit: 512m
"""
COMMON = "services:\n  common:\n    image: base:1\n    cap_drop: [ALL]\n    volumes: ['./data:/data']\n    environment: {A: common, B: common}\n    env_file: common.env\n"

CASES: dict[str, Case] = {
    # one over another: scalars, mappings, lists
    "scalars-are-replaced": two(web(HARD), over("read_only: false\nuser: root\nmem_limit: 1g")),
    "image-is-replaced": two(web(HARD), over("image: shop:2@sha256:" + "0" * 64)),
    "lists-are-appended": two(web("cap_drop: [NET_RAW]\nsecurity_opt: [a:b]"), over("cap_drop: [ALL, NET_RAW]\nsecurity_opt: [no-new-privileges:true]")),
    "command-is-replaced": two(web("command: [a, b]\nentrypoint: [x]"), over("command: c d 'e f'\nentrypoint: y -z")),
    "command-of-null": two(web("command: [a]\nentrypoint: [x]"), over("command: null\nentrypoint: null")),
    "command-emptied": two(web("command: [a]\nentrypoint: [x]"), over("command: []\nentrypoint: []")),
    "command-quoted": one(web("command: sh -c 'exec \"$$HOME/run\" --a=\"b c\"'")),
    "health-test-is-replaced": two(web("healthcheck: {test: [CMD, /a], interval: 5s, retries: 3}"), over("healthcheck: {test: /b || exit 1, timeout: 2s}")),
    "health-disabled": two(web("healthcheck: {test: [CMD, /a]}"), over("healthcheck: {disable: true}")),
    "health-test-of-none": two(web("healthcheck: {test: [CMD, /a]}"), over("healthcheck: {test: [NONE]}")),
    "health-shell-of-words": one(web("healthcheck: {test: [CMD-SHELL, 'curl -f localhost || exit 1']}")),
    "environment-map-over-map": two(web("environment: {A: 1, B: x, C: null}"), over("environment: {A: 2, D: true}")),
    "environment-list-over-map": two(web("environment: {A: 1, B: x}"), over("environment: [A=2, E, F=a=b]")),
    "environment-map-over-list": two(web("environment: [A=1, B]"), over("environment: {B: 3}")),
    "environment-quotes-stay": one(web("environment:\n  - A='1'\n  - B=\n  - 'C= x '")),
    "ports-appended": two(web("ports: ['8080:80']"), over("ports: ['127.0.0.1:8080:80', '8080:80', '8081:80/udp']")),
    "ports-by-key": two(web("ports: [{target: 80, published: '8080', protocol: tcp}]"), over("ports: ['8080:80']")),
    "ports-long-over-short": two(web("ports: ['8080:80', '9090:90']"), over("ports:\n  - {target: 80, published: '8080', host_ip: 0.0.0.0, protocol: tcp}")),
    "ports-in-ranges": two(web("ports: ['8000-8002:80-82']"), over("ports: ['8001:81']")),
    "ports-unquoted-base-60": one(web("ports:\n  - 22:22\n  - 8080:80\n  - 59:59\n  - 443")),
    "ports-v6": one(web("ports: ['[::1]:8080:80', '::1:81:81']")),
    "ports-host-range": one(web("ports: ['8000-8010:80']")),
    "port-of-nonsense": one(web("ports: [nonsense]")),
    "volumes-by-target": two(web("volumes: ['./a:/data', 'cache:/cache/']", "volumes: {cache: {}}\n"), over("volumes: ['./b:/data:ro', {type: bind, source: ./c, target: /cache}]")),
    "volumes-forms": one(web("volumes:\n  - /var/lib/x\n  - ~/x:/x\n  - ../up:/up:ro,rshared\n  - {type: tmpfs, target: /t}\n  - {type: volume, source: v, target: /v, read_only: true}", "volumes: {v: {}}\n")),
    "volume-of-a-drive": one(web("volumes: ['e:/d', 'c:\\x:/y']")),
    "volume-without-target": one(web("volumes: ['data:']")),
    "devices-by-target": two(web("devices: ['/dev/a:/dev/x', /dev/fuse]"), over("devices: ['/dev/b:/dev/x:r']")),
    "secrets-by-target": two(web("secrets: [a, {source: b, target: /run/secrets/c}]", "secrets: {a: {file: a}, b: {file: b}}\n"), over("secrets: [{source: b, target: /run/secrets/a}]")),
    "configs-by-target": two(web("configs: [a]", "configs: {a: {file: a}}\n"), over("configs: [{source: a, target: /x}, a]")),
    "tmpfs-text-over-list": two(web("tmpfs: [/run, /tmp]"), over("tmpfs: /var/run")),
    "sysctls-list-over-map": two(web("sysctls: {net.core.somaxconn: 1024}"), over("sysctls: [net.core.somaxconn=2048, net.ipv4.tcp_syncookies=0]")),
    "ulimits-merged": two(web("ulimits: {nproc: 100, nofile: {soft: 1, hard: 2}}"), over("ulimits: {nofile: {soft: 3}, nproc: {soft: 1, hard: 2}}")),
    "deploy-merged": two(web("deploy: {resources: {limits: {memory: 512M, cpus: '0.5'}}}"), over("deploy: {resources: {limits: {pids: 50}}, restart_policy: {condition: on-failure, max_attempts: 3}}")),
    "build-text-over-map": two("services:\n  web:\n    build: {context: ., target: a, args: {A: 1}}\n", "services:\n  web:\n    build: {args: [B=2]}\n"),
    "build-as-text": two("services:\n  web:\n    build: .\n", "services:\n  web:\n    build: {target: x}\n"),
    "networks-list-and-map": two(web("networks: [a]", "networks: {a: {}, b: {}}\n"), over("networks: {b: {aliases: [x]}}")),
    "depends-list-and-map": two(web("depends_on: [db]", "  db: {image: db}\n"), over("depends_on: {db: {condition: service_healthy}}")),
    "labels-both-ways": two(web("labels: {a: b}"), over("labels: [a=c, d]")),
    "logging-of-another-driver": two(web("logging: {driver: json-file, options: {a: b}}"), over("logging: {driver: syslog, options: {c: d}}")),
    "list-over-mapping": two(web("healthcheck: {test: [CMD, /a]}"), over("healthcheck: [a]")),
    "a-service-more": two(web(HARD), "services:\n  debug: {image: shop:1, privileged: true}\n"),
    "three-files": Case({"a.yaml": web("ports: ['1:1']"), "b.yaml": over("ports: ['2:2']\nread_only: true"), "c.yaml": over("ports: ['3:3']\nread_only: false")}, ("a.yaml", "b.yaml", "c.yaml")),
    "an-override-is-not-taken-where-files-are-named": Case({"compose.yaml": web("privileged: false"), "compose.override.yaml": over("privileged: true"), "b.yaml": over("pid: host")}, ("compose.yaml", "b.yaml")),
    "documents-in-one-file": one(web("cap_add: [A]") + "---\n" + over("cap_add: [B]\ncap_drop: !reset []")),
    "docker-compose-yml": Case({"docker-compose.yml": web("ipc: host"), "docker-compose.override.yml": over("ipc: private")}),
    "compose-yml-before-docker-compose": Case({"docker-compose.yml": web("ipc: host"), "compose.yml": web("uts: host"), "docker-compose.override.yml": over("pid: host")}),
    # what is taken away
    "reset-a-list": two(web("ports: ['80:80']\nprivileged: true"), over("ports: !reset []\nprivileged: !reset null")),
    "reset-and-say-again-elsewhere": two(web("environment: {A: 1, B: 2}"), over("environment: {A: !reset null, C: 3}")),
    "override-a-list": two(web("ports: ['80:80', '443:443']\ncap_add: [NET_ADMIN]"), over("ports: !override ['8443:443']\ncap_add: !override [CHOWN]")),
    "override-a-mapping": two(web("environment: {A: 1}\nhealthcheck: {test: [CMD, /a], retries: 3}"), over("environment: !override {B: 2}\nhealthcheck: !override {test: [CMD, /b]}")),
    "reset-a-service": two(web(HARD, "  db: {image: db}\n"), "services:\n  db: !reset {}\n"),
    "override-a-service": two(web(HARD), "services:\n  web: !override {image: shop:3}\n"),
    "reset-volumes-of-all": two(web("volumes: ['v:/v']", "volumes: {v: {}}\n"), over("volumes: !reset []")),
    "reset-by-an-anchor": two(web("ports: ['1:1']\ncap_add: [A]", "  db: {image: db, ports: ['2:2']}\n"), "x-none: &none !reset null\nservices:\n  web: {ports: *none}\n  db: {ports: *none}\n"),
    "reset-in-the-first-file": one(web("privileged: !reset true\ncap_add: !override [A]")),
    # extends
    "extends-in-one-file": one("services:\n  base: {image: b, cap_drop: [ALL], user: '1', environment: {A: 1, B: 1}}\n  web: {extends: base, image: shop:1, cap_drop: [X], environment: {B: 2}}\n"),
    "extends-another-file": one("services:\n  web:\n    extends: {file: below.yaml, service: common}\n    environment: {B: web}\n", below_yaml=COMMON, common_env="C=3\n"),
    "extends-in-a-folder": one("services:\n  web:\n    extends: {file: sub/below.yaml, service: common}\n    volumes: ['./own:/own']\n", sub__below_yaml=COMMON, sub__common_env="C=3\n"),
    "extends-a-chain": one("services:\n  web: {extends: {file: sub/b.yaml, service: b}, tmpfs: [/c]}\n", sub__b_yaml="services:\n  b: {extends: {file: c.yaml, service: c}, tmpfs: [/b]}\n", sub__c_yaml="services:\n  c: {image: shop:1, tmpfs: [/a], privileged: true}\n"),
    "extends-and-resets": one("services:\n  base: {image: b, ports: ['80:80'], privileged: true}\n  web: {extends: base, ports: !override ['81:81'], privileged: !reset false}\n"),
    "extends-replaces-commands": one("services:\n  base: {image: b, command: [a, b], entrypoint: [x], healthcheck: {test: [CMD, a], retries: 2}}\n  web: {extends: base, command: [c], healthcheck: {test: [CMD, c]}}\n"),
    "extends-and-an-override": two("services:\n  base: {image: b, user: '1'}\n  web: {extends: base}\n", over("user: '2'")),
    "extends-itself": one("services:\n  web: {image: a, extends: web}\n"),
    "extends-in-a-ring": one("services:\n  a: {image: a, extends: b}\n  b: {extends: a}\n"),
    "extends-nobody": one("services:\n  web: {image: a, extends: nobody}\n"),
    "extends-no-file": one("services:\n  web: {image: a, extends: {file: no.yaml, service: a}}\n"),
    "extends-with-variables": one("services:\n  web: {extends: {file: '${WHERE}.yaml', service: common}}\n", env="WHERE=below\nTAG=9\n", below_yaml="services:\n  common: {image: 'shop:${TAG}'}\n"),
    # include
    "includes": one("include: [sub/db.yaml]\n" + web(HARD), sub__db_yaml="services:\n  db: {image: 'db:${V-0}', volumes: ['./d:/d'], env_file: db.env}\n", sub__env="V=5\n", sub__db_env="P=q\n"),
    "includes-several-as-one": one("include:\n  - path: [a.yaml, b.yaml]\n" + web(HARD), a_yaml="services:\n  db: {image: db, cap_add: [A]}\n", b_yaml="services:\n  db: {cap_add: [B]}\n"),
    "includes-with-a-folder-and-variables": one("include:\n  - {path: sub/db.yaml, project_directory: other, env_file: sub/x.env}\n" + web(HARD), sub__db_yaml="services:\n  db: {image: 'db:$V', volumes: ['./d:/d']}\n", sub__x_env="V=7\n", other__readme="x"),
    "includes-and-overrides": two("include: [a.yaml]\n" + web(HARD), "services:\n  db: {privileged: true}\n", a_yaml="services:\n  db: {image: db}\n"),
    "includes-the-same-name": one("include: [a.yaml]\nservices:\n  web: {image: shop:1, user: '1'}\n", a_yaml="services:\n  web: {image: shop:2, read_only: true}\n"),
    "includes-itself": one("include: [compose.yaml]\n" + web(HARD)),
    "includes-a-ring": one("include: [a.yaml]\n" + web(HARD), a_yaml="include: [b.yaml]\n", b_yaml="include: [a.yaml]\n"),
    "includes-what-is-not-there": one("include: [no.yaml]\n" + web(HARD)),
    "includes-and-extends": one("include: [a.yaml]\nservices:\n  web: {extends: base, image: shop:1}\n", a_yaml="services:\n  base: {image: b, read_only: true}\n"),
    # profiles
    "profiles-off": one(web(HARD, "  debug: {image: shop:1, profiles: [debug], privileged: true}\n")),
    "profiles-on": Case({"compose.yaml": web(HARD, "  debug: {image: shop:1, profiles: [debug], privileged: true}\n")}, (), ("debug",)),
    "profiles-all": Case({"compose.yaml": web(HARD, "  debug: {image: shop:1, profiles: [a, b]}\n")}, (), ("*",)),
    "profiles-added": two(web(HARD), over("profiles: [x]", "  db: {image: db}\n")),
    # variables
    "variables-with-defaults": one("services:\n  web: {image: 'shop:${TAG:-1}', user: '${U-5}', privileged: '${P:-false}', hostname: 'x${N:-${M:-deep}}y'}\n"),
    "variables-from-env": one("services:\n  web: {image: 'shop:${TAG}', user: $U, command: ['$$HOME', '${A:+yes}', '${B+set}', '${E-x}', '${E:-x}', '${Z+no}']}\n", env="TAG=1.4\nU=1000\nA=a\nB=\nE=\n"),
    "variables-not-set": one("services:\n  web: {image: 'shop:1${NO}', user: '$NO'}\n"),
    "variables-required": one("services:\n  web: {image: 'shop:${TAG:?say which}'}\n"),
    "variables-required-and-empty": one("services:\n  web: {image: 'shop:${TAG:?say which}'}\n", env="TAG=\n"),
    "variables-required-and-there": one("services:\n  web: {image: 'shop:${TAG:?say which}', user: '${E?set}'}\n", env="TAG=2\nE=\n"),
    "variables-badly-written": one("services:\n  web: {image: 'shop:${}'}\n"),
    "variables-left-open": one("services:\n  web: {image: 'shop:${TAG'}\n"),
    "variables-as-truth": one("services:\n  web: {image: shop, privileged: '${P}', read_only: yes, init: 'on'}\n", env="P=true\n"),
    "variables-as-nonsense": one("services:\n  web: {image: shop, privileged: '${P}'}\n", env="P=maybe\n"),
    "variables-signs-alone": one("services:\n  web: {image: shop, command: ['a$', '$1', '5$ x', 'a$$b', '$$$$']}\n"),
    "env-file-forms": one("services:\n  web: {image: shop, command: ['$A', '$B', '$C', '$D', '$E', '$F', '$G', '$H', '$I']}\n", env="# says\nA=1 # behind\nB='$A # x'\nexport C=\"$A-x\\n\"\nD: colon\nE=a#b\nF=\n  G = spaced\nH=\"two\nlines\"\nI=${A:-no}${NO:-z}\n"),
    "env-file-open-quote": one(web(HARD), env='A="open\n'),
    "env-file-with-a-blank-in-its-name": one(web(HARD), env="A B=1\n"),
    "env-file-last-wins": one("services:\n  web: {image: 'shop:$A'}\n", env="A=1\nA=2\n"),
    "service-env-files": one(web("env_file: [a.env, {path: b.env, required: false}, {path: no.env, required: false}]\nenvironment: {X: own, Y: '${X}', A: null}"), env="X=project\n", a_env="A=1\nB=1\nX=file\nZ=${A}\nQ='$A'\n", b_env="B=2\nW=$X\n"),
    "service-env-file-raw": one(web("env_file: [{path: a.env, format: raw}]"), a_env="A='1'\nB=$X # y\n"),
    "service-env-file-missing": one(web("env_file: no.env")),
    "service-env-text-over-list": two(web("env_file: a.env"), over("env_file: [b.env]"), a_env="A=1\nB=1\n", b_env="B=2\n"),
    # hooks
    "hooks": one(web("working_dir: /app\nenvironment: {A: '1'}\npost_start:\n  - command: chown -R 1000 '/my data'\n    user: root\n    privileged: true\n    environment: {B: '2'}\npre_stop:\n  - command: [/flush, --all]\n    working_dir: /srv")),
    "hooks-are-appended": two(web("post_start:\n  - command: a"), over("post_start:\n  - command: b")),
    "hook-without-a-command": one(web("post_start:\n  - user: root")),
    "hook-that-is-text": one(web("pre_stop: [./flush]")),
    "before-the-start": one(web(HARD + "environment: {A: '1', B: '1'}\nvolumes: [data:/data]\npre_start:\n  - command: migrate up\n  - image: tool:2\n    entrypoint: [/fetch]\n    user: root\n    read_only: false\n    cap_add: [CHOWN]\n    environment: {B: '2', C: '3'}\n    volumes: [./in:/in:ro]", "volumes: {data: {}}\n")),
    "before-the-start-of-what-is-built": one("services:\n  web: {build: ., pre_start: [{command: migrate}]}\n"),
    "before-the-start-with-files": one(web("env_file: a.env\npre_start:\n  - {command: x, env_file: b.env}"), a_env="A=1\nB=1\n", b_env="B=2\n"),
    "before-the-start-as-text": one(web("pre_start: migrate")),
    # wrong
    "service-that-is-text": one("services:\n  web: hello\n"),
    "services-that-are-a-list": one("services: [a]\n"),
    "capabilities-as-text": one(web("cap_drop: ALL")),
    "ports-as-a-mapping": one(web("ports: {80: 80}")),
    "privileged-as-a-number": one(web("privileged: 1")),
    "environment-as-text": one(web("environment: A=1")),
    "command-with-an-open-quote": one(web("command: sh -c 'echo")),
    "health-of-no-kind": one(web("healthcheck: {test: [/check]}")),
    "a-key-twice": one(web("user: a\nuser: b")),
    "an-anchor-merged": one("x-hard: &hard {read_only: true, cap_drop: [ALL]}\nservices:\n  web: {<<: *hard, image: shop:1, read_only: false}\n  db: {<<: [*hard, {user: '5'}], image: db}\n"),
    "no-image-and-no-build": one("services:\n  web: {user: '1'}\n"),
    "numbers-as-texts": one(web("user: 1000\nmem_limit: 1073741824\npids_limit: '50'\ncpus: 1.5")),
    "a-job": one(web(HARD, "jobs:\n  migrate: {image: shop:1, command: [migrate], triggers: {manual: true}}\n")),
    "a-number-that-is-none": one(web("pids_limit: many")),
    # as people write them
    "wordpress": two("services:\n  db:\n    image: mariadb:10.6\n    command: '--default-authentication-plugin=mysql_native_password'\n    volumes: [db_data:/var/lib/mysql]\n    restart: always\n    environment:\n      - MYSQL_ROOT_PASSWORD=somewordpress\n    expose: [3306, 33060]\n  web:\n    image: wordpress:latest\n    ports: ['80:80']\n    restart: always\n    environment:\n      - WORDPRESS_DB_HOST=db\nvolumes: {db_data: }\n", "services:\n  web:\n    ports: !override ['127.0.0.1:8080:80']\n    read_only: true\n    tmpfs: [/run, /tmp]\n"),
    "traefik": one("services:\n  web:\n    image: traefik:v3\n    command:\n      - --providers.docker=true\n      - --entrypoints.web.address=:80\n    ports:\n      - 80:80\n      - 443:443/tcp\n      - 443:443/udp\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock:ro\n    labels:\n      traefik.http.routers.x.rule: Host(`a.example`) && PathPrefix(`/b`)\n"),
    "dev-and-prod": Case({"compose.yaml": web("build: .\nvolumes: [.:/app]\ncommand: npm run dev\nenvironment: {NODE_ENV: development}"), "compose.prod.yaml": over("image: registry.example/shop:${TAG:-latest}\nbuild: !reset null\nvolumes: !reset []\ncommand: [node, server.js]\nenvironment: {NODE_ENV: production}\nrestart: unless-stopped\ndeploy: {resources: {limits: {memory: 256M}}}")}, ("compose.yaml", "compose.prod.yaml")),
}  # fmt: skip
