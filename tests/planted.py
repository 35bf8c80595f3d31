"""Secrets made the way their makers make them, and an image with thirty of them: what a search must find.

Nothing here knows a rule. Keys are made by openssl, ssh-keygen, gpg and puttygen where they are at hand, tokens from
random bytes by each maker's own recipe, and the files are those that the makers' own tools write.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import io
import json
import random
import string
import subprocess
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

_ALNUM = string.ascii_letters + string.digits
_URL_SAFE = _ALNUM + "-_"
_BASE32 = string.ascii_uppercase + "234567"


class Planted(NamedTuple):
    """One secret: what kind it is, the value that must never be seen again, and where it was put: a layer's number and a
    path, or env, label, history or argument and a name. `until` is the layer that deletes it."""

    kind: str
    value: str
    place: str
    path: str
    layer: int = 0
    until: int | None = None


class Maker:
    """Makes secrets; the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - nothing is guarded by these

    def text(self, alphabet: str, size: int) -> str:
        while True:
            made = "".join(self._random.choice(alphabet) for _ in range(size))
            if size < 8 or any(c.isdigit() for c in made):
                return made

    def bytes(self, size: int) -> bytes:
        return self._random.randbytes(size)

    def crc_token(self, prefix: str) -> str:
        """Thirty random characters and their CRC-32 in six digits of base 62, as GitHub describes its tokens."""
        body = self.text(_ALNUM, 30)
        digits, number = "", zlib.crc32(body.encode())
        order = string.digits + string.ascii_uppercase + string.ascii_lowercase
        for _ in range(6):
            number, digit = divmod(number, 62)
            digits = order[digit] + digits
        return prefix + body + digits

    def web_token(self) -> str:
        """A token signed with HMAC, as RFC 7519 says."""

        def packed(data: bytes) -> str:
            return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

        head = packed(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
        claims = packed(json.dumps({"sub": self.text(string.digits, 9), "scope": "orders"}).encode())
        signature = hmac.digest(self.bytes(32), f"{head}.{claims}".encode(), hashlib.sha256)
        return f"{head}.{claims}.{packed(signature)}"

    def basic(self, user: str) -> str:
        return base64.b64encode(f"{user}:{self.text(_ALNUM, 18)}".encode()).decode()


def tool(*words: str, given: bytes = b"") -> bytes:
    """What a program writes to standard output."""
    return subprocess.run(words, input=given, capture_output=True, check=True).stdout


def pem_key(*options: str) -> str:
    """A key as openssl writes it."""
    return tool(
        "openssl", "genpkey", "-quiet", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", *options
    ).decode()


def rsa_key() -> str:
    """An RSA key in its older form."""
    return tool("openssl", "genrsa", "-traditional", "2048").decode()


def ssh_key(passphrase: str = "") -> str:
    """A key as ssh-keygen writes it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "id")
        tool("ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", str(path))
        return path.read_text()


def pgp_key() -> str:
    """A secret key as gpg exports it."""
    with tempfile.TemporaryDirectory() as folder:
        common = (
            "gpg",
            "--homedir",
            folder,
            "--batch",
            "--quiet",
            "--pinentry-mode",
            "loopback",
            "--passphrase",
            "",
        )
        tool(*common, "--quick-generate-key", "shop@shop.invalid", "ed25519", "sign", "never")
        return tool(*common, "--armor", "--export-secret-keys").decode()


Put = Callable[[str, str, str, str], None]


def planted(
    seed: int = 20261126,
) -> tuple[list[Planted], list[dict[str, bytes | None]], dict[str, object], list[dict[str, object]]]:
    """(the secrets, three layers (None deletes), the configuration, the history): forty-four secrets of more than fifteen
    kinds; some files go in the next layer, some are replaced in it."""
    make = Maker(seed)
    found: list[Planted] = []
    layers: list[dict[str, bytes | None]] = [{"etc/os-release": b"ID=planted\nVERSION_ID=1\n"}, {}, {}]

    def put(
        kind: str, path: str, value: str, text: str = "{}", layer: int = 0, until: int | None = None
    ) -> None:
        found.append(Planted(kind, value, "file", path, layer, until))
        layers[layer][path] = text.replace("{}", value).encode()
        if until is not None:
            layers[until][path] = None

    _keys(put)
    _clouds(put, make)
    _tokens(put, make)
    _files(put, make)
    _archives(found, layers, make)
    return found, layers, *_settings(found, make)


def _keys(put: Callable[..., None]) -> None:
    put("private key", "etc/ssl/shop.key", pem_key())
    put("private key", "srv/app/legacy.pem", rsa_key(), until=1)
    put("private key, sealed", "srv/app/sealed.pem", pem_key("-aes-256-cbc", "-pass", "pass:correct horse"))
    put("ssh key", "root/.ssh/id_ed25519", ssh_key(), until=1)
    put("ssh key, sealed", "home/deploy/.ssh/id_ed25519", ssh_key("correct horse"), layer=1)
    put("pgp key", "root/release.asc", pgp_key(), layer=1, until=2)


def _clouds(put: Callable[..., None], make: Maker) -> None:
    put(
        "aws id",
        "root/.aws/credentials",
        "AKIA" + make.text(_BASE32, 16),
        "[default]\naws_access_key_id = {}\n",
        until=2,
    )
    put(
        "aws secret",
        "srv/app/aws.ini",
        make.text(_ALNUM + "/+", 40),
        "[prod]\naws_secret_access_key={}\nregion=eu-west-1\n",
    )
    account = {
        "type": "service_account",
        "project_id": "shop-prod",
        "private_key_id": make.bytes(20).hex(),
        "private_key": "{}",
        "client_email": "shop@shop-prod.iam.gserviceaccount.com",
    }
    key = json.dumps(pem_key())[1:-1]
    put("gcp account", "srv/app/gcp.json", key, json.dumps(account, indent=2))
    storage = base64.b64encode(make.bytes(64)).decode()
    text = "AzureWebJobsStorage=DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={};EndpointSuffix=core.windows.net\n"
    put("azure storage", "srv/app/local.settings", storage, text)
    put(
        "google api",
        "srv/app/maps.js",
        "AIza" + make.text(_URL_SAFE, 34) + "Q",
        "const maps = new Maps('{}');\n",
    )
    put(
        "azure client",
        "srv/app/azure.yaml",
        make.text(_ALNUM, 3) + "8Q~" + make.text(_ALNUM + "_~", 34),
        "tenant: contoso\nclient_secret: {}\n",
    )


def _tokens(put: Callable[..., None], make: Maker) -> None:
    put(
        "github",
        "srv/app/deploy.sh",
        make.crc_token("ghp_"),
        "#!/bin/sh\ngit clone https://{}@github.com/shop/shop\n",
        layer=1,
        until=2,
    )
    put(
        "github fine-grained",
        "srv/app/.github-token",
        f"github_pat_{make.text(_ALNUM, 22)}_{make.text(_ALNUM, 59)}",
        "{}\n",
    )
    put("gitlab", "srv/app/ci.toml", "glpat-" + make.text(_URL_SAFE, 19) + "x", 'token = "{}"\n')
    put(
        "npm",
        "root/.npmrc",
        make.crc_token("npm_"),
        "//npm.shop.invalid/:_authToken={}\nfund=false\n",
        layer=1,
        until=2,
    )
    caveat = b"\x02\x01\x08pypi.org\x02\x24" + make.bytes(16).hex().encode() + make.bytes(70)
    put(
        "pypi",
        "root/.pypirc",
        "pypi-" + base64.urlsafe_b64encode(caveat).decode().rstrip("="),
        "[pypi]\nusername = __token__\npassword = {}\n",
    )
    slack = f"xoxb-{make.text(string.digits, 12)}-{make.text(string.digits, 13)}-{make.text(_ALNUM, 24)}"
    put("slack", "srv/app/notify.py", slack, 'import slack\nclient = slack.WebClient("{}")\n')
    hook = f"T{make.text(_BASE32, 8)}/B{make.text(_BASE32, 8)}/{make.text(_ALNUM, 24)}"
    put("slack webhook", "srv/app/hook.sh", hook, "curl -d @- https://hooks.slack.com/services/{}\n")
    put("stripe", "srv/app/pay.rb", "sk_live_" + make.text(_ALNUM, 24), "Stripe.api_key = '{}'\n")
    put("twilio", "srv/app/sms.js", "SK" + make.bytes(16).hex(), "module.exports = require('twilio')('{}')\n")
    put(
        "sendgrid",
        "srv/app/mail.go",
        f"SG.{make.text(_ALNUM, 22)}.{make.text(_ALNUM, 43)}",
        'package mail\n\nconst key = "{}"\n',
    )
    put("web token", "srv/app/session.txt", make.web_token(), "Authorization: Bearer {}\n")


def _files(put: Callable[..., None], make: Maker) -> None:
    put(
        "docker login",
        "root/.docker/config.json",
        make.basic("shop-ci"),
        '{"auths": {"harbor.shop.invalid": {"auth": "{}"}}}',
        until=1,
    )
    put(
        "database url",
        "srv/app/settings.py",
        make.text(_ALNUM, 16),
        "DATABASE = 'postgresql://shop:{}@db.shop.invalid:5432/shop'\n",
    )
    put(
        "netrc",
        "root/.netrc",
        make.text(_ALNUM, 14),
        "machine git.shop.invalid\n  login deploy\n  password {}\n",
        layer=1,
        until=2,
    )
    put("pgpass", "root/.pgpass", make.text(_ALNUM, 15), "db.shop.invalid:5432:shop:shop:{}\n")
    put(
        "git credentials",
        "root/.git-credentials",
        make.text(_ALNUM, 20),
        "https://deploy:{}@git.shop.invalid\n",
        until=2,
    )
    token = make.text(_ALNUM, 20)
    kube = "apiVersion: v1\nkind: Config\nusers:\n- name: ci\n  user:\n    token: {}\n"
    put("kubeconfig", "root/.kube/config", f"{token[:6]}.{token[6:]}{make.text(_ALNUM, 12)}", kube)
    put("assigned", "srv/app/.env", make.text(_ALNUM, 32), "DEBUG=0\nSESSION_SECRET={}\n", layer=1)
    put(
        "assigned",
        "srv/app/src/config.php",
        make.text(_ALNUM + "!#", 20),
        "<?php\n$config['db_password'] = '{}';\n",
    )


def _archives(found: list[Planted], layers: list[dict[str, bytes | None]], make: Maker) -> None:
    """More that lie in archives: packed tars, a zip in a zip, packed files; each way of packing as its own program does it, some
    deleted in the last layer."""

    def put(kind: str, path: str, value: str, data: bytes, until: int | None = None) -> None:
        found.append(Planted(kind, value, "file", path, 1, until))
        layers[1][path] = data
        if until is not None:
            layers[until][path] = None

    key, token, line = rsa_key(), make.crc_token("ghp_"), "sk_live_" + make.text(_ALNUM, 24)
    put("private key", "srv/app/backup.tgz", key, tar_of({"home/me/.ssh/id_rsa": key.encode()}))
    inner = zip_of({"config/deploy.yaml": f"token: {token}\n".encode()})
    put("github", "srv/app/shop.war", token, zip_of({"index.html": b"<p>shop</p>", "deploy/old.zip": inner}))
    put(
        "stripe",
        "var/log/shop.log.1.gz",
        line,
        gzip.compress(f"GET /pay?key={line} 200\n".encode() * 3, mtime=0),
    )
    token, other = make.crc_token("ghp_"), "glpat-" + make.text(_URL_SAFE, 19) + "y"
    hook, key = "SG." + make.text(_ALNUM, 22) + "." + make.text(_ALNUM, 43), ssh_key()
    tar = gzip.decompress(tar_of({"srv/old/deploy.yaml": f"token: {token}\n".encode()}))
    put("github", "srv/app/old.tar.bz2", token, tool("bzip2", given=tar), until=2)
    dump = f"-- dumped\nINSERT INTO settings VALUES ('ci', '{other}');\n".encode()
    put("gitlab", "var/backups/shop.sql.bz2", other, tool("bzip2", given=dump))
    put(
        "sendgrid", "var/log/mail.log.2.xz", hook, tool("xz", given=f"key {hook} refused\n".encode()), until=2
    )
    tar = gzip.decompress(tar_of({"home/me/.ssh/id_ed25519": key.encode()}))
    put("ssh key", "srv/app/home.txz", key, tool("xz", given=tar))
    password = make.text(_ALNUM, 16)
    text = f"DATABASE=postgresql://shop:{password}@db.shop.invalid:5432/shop\n".encode()
    put("database url", "srv/app/env.zst", password, tool("zstd", "-q", given=text))


def tar_of(files: dict[str, bytes]) -> bytes:
    """A packed tar as `tar czf` writes it."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as tar:
        for path, data in files.items():
            info = tarfile.TarInfo(path)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return target.getvalue()


def zip_of(files: dict[str, bytes]) -> bytes:
    """A zip archive as `zip` writes it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return target.getvalue()


def _settings(found: list[Planted], make: Maker) -> tuple[dict[str, object], list[dict[str, object]]]:
    def put(kind: str, place: str, name: str, value: str, layer: int = 0) -> str:
        found.append(Planted(kind, value, place, name, layer))
        return value

    stripe = put("stripe", "environment", "PAYMENT_KEY", "rk_live_" + make.text(_ALNUM, 28))
    password = put("assigned", "environment", "DB_PASSWORD", make.text(_ALNUM, 12) + "7!")
    url = put("database url", "environment", "QUEUE", make.text(_ALNUM, 18))
    label = put("gitlab", "label", "build.token", "glpat-" + make.text(_ALNUM, 20))
    argument = put("npm", "build argument", "NPM", make.crc_token("npm_"), 1)
    header = put("github", "history", "RUN", make.crc_token("ghs_"), 2)
    config: dict[str, object] = {
        "Env": [
            f"PAYMENT_KEY={stripe}",
            f"DB_PASSWORD={password}",
            f"QUEUE=amqp://shop:{url}@mq.shop.invalid/",
            "PATH=/usr/bin",
        ],
        "Labels": {"build.token": label},
        "Cmd": ["/srv/app/run"],
    }
    history: list[dict[str, object]] = [
        {"created_by": "ADD rootfs.tar / # buildkit"},
        {"created_by": f"RUN |1 NPM={argument} /bin/sh -c npm ci # buildkit"},
        {
            "created_by": f"RUN /bin/sh -c curl -H 'Authorization: token {header}' https://git.shop.invalid/x | tar x # buildkit"
        },
    ]
    return config, history
