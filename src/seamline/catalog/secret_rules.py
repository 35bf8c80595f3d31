"""The kinds of secrets: what each looks like, the quick expression that finds candidates, and what confirms them.

Written from the makers' own documentation of their tokens' forms. `seek` is what the filter runs over every byte: it
must be cheap and match wherever `shape` does, ending inside or just before it, at the first byte that it can (of a
repetition without end `re` would give the last); `shape` is then tried around each hit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from mmap import mmap

import msgspec

from seamline.catalog import secret_checks as checks
from seamline.expression import expression

Check = Callable[[re.Match[bytes]], str | None]


class SecretRule(msgspec.Struct, frozen=True, kw_only=True):
    """One kind. The secret itself is the group `v` of `shape`. `before` and `after` are how many bytes around the end of
    a hit are looked at. `files` limits it to file names; `is_weak` needs more than its own form to be believed: it is
    not looked for in binary files, documents and what packages brought."""

    kind: str
    seek: bytes
    shape: bytes
    flags: int = re.DOTALL
    check: Check = checks.random
    before: int = 64
    after: int = 512
    files: re.Pattern[bytes] | None = None
    is_weak: bool = False

    def search(self, data: bytes | mmap, start: int, end: int) -> re.Match[bytes] | None:
        """The first place between two offsets that has the shape. It is compiled when a first hit asks for it: most are
        never asked."""
        return _compiled(self.shape, self.flags).search(data, start, end)


_compiled = lru_cache(None)(re.compile)


def _rule(
    kind: str, seek: bytes, shape: bytes, check: Check = checks.random, *, before: int = 64, after: int = 512
) -> SecretRule:
    return SecretRule(kind=kind, seek=seek, shape=shape, check=check, before=before, after=after)


def _token(kind: str, seek: bytes, shape: bytes, check: Check = checks.random) -> SecretRule:
    """A token that its own form gives away, standing by itself."""
    return _rule(kind, seek, rb"(?<![A-Za-z0-9_])(?P<v>" + shape + rb")(?![A-Za-z0-9_])", check)


def _named(kind: str, name: bytes, shape: bytes, check: Check = checks.random) -> SecretRule:
    """A value that only the name it is given to tells apart: `aws_secret_access_key = ...`."""
    seek = rb"(?i)(?:" + name + rb")"
    pattern = (
        rb"(?i:"
        + name
        + rb")[\w.-]{0,16}[\"']?(?:\s{0,8}(?:=>|:=|[=:,])\s{0,8}|\s{1,8})[\"']?(?P<v>"
        + shape
        + rb")(?![A-Za-z0-9_])"
    )
    return _rule(kind, seek, pattern, check, before=160)


def _weak(
    kind: str,
    seek: bytes,
    shape: bytes,
    check: Check,
    *,
    before: int = 96,
    after: int = 384,
    files: bytes = b"",
) -> SecretRule:
    return SecretRule(
        kind=kind,
        seek=seek,
        shape=shape,
        flags=0,
        check=check,
        before=before,
        after=after,
        files=expression(files) if files else None,
        is_weak=not files,
    )


_PEM = (
    rb"-----BEGIN (?P<label>[A-Z0-9 ]{0,24}?)PRIVATE KEY-----(?:\\[nr]|\s|\\\\n)+(?:(?:Proc-Type|DEK-Info)[^\n\\]{0,80}(?:\\[nr]|\s)+){0,4}"
    rb"(?P<v>[A-Za-z0-9+/=\\\s]{64,16384}?)-----END"
)
_SECRET_NAME = rb"passw(?:or)?d|passwd|passphrase|pwd|secret|token|api[_-]?key|apikey|access[_-]?key|auth[_-]?key|private[_-]?key|encryption[_-]?key|signing[_-]?key|credentials?|[_-]pass"

_ARGUMENTS = rb"(?:(?!(?:curl|wget|sshpass|mysql|login)\s)(?:[^\n;|&]|&(?!&)|\\\n)){0,400}?(?<=\s)"
"""Words of the same command, over lines that go on too; none of them is such a program again, or a text of nothing else
would be read as often as it has words."""
_GIVEN = (
    rb"(?<![\w.-])(?:curl\s"
    + _ARGUMENTS
    + rb"(?:-[a-zA-Z]{0,8}[uU][ \t]{0,4}|--(?:proxy-)?user[ \t=]{1,4})[\"']?(?P<u>[^\s:\"'$]{1,64}):"
    rb"|wget\s" + _ARGUMENTS + rb"--(?:http-|ftp-|proxy-)?password[ \t=]{1,4}[\"']?"
    rb"|sshpass\s" + _ARGUMENTS + rb"-p[ \t]{0,4}[\"']?"
    rb"|(?:mysql|mysqldump|mysqladmin|mariadb)\s" + _ARGUMENTS + rb"(?:-p|--password=)[\"']?"
    rb"|(?:docker|podman|buildah|skopeo)[ \t]{1,4}login\s"
    + _ARGUMENTS
    + rb"(?:-p[ \t]{0,4}|--password[ \t=]{1,4})[\"']?)"
    rb"(?P<v>[^\s\"']{5,128})"
)
"""A password among the words of a command: curl(1) -u, wget(1) --password, sshpass(1) -p, mysql(1) -p, docker login -p."""

RULES: tuple[SecretRule, ...] = (
    _rule("gcp-service-account", rb"\"service_account\"", rb"\"service_account\".{0,1024}?\"private_key\"\s*:\s*\"-----BEGIN (?:RSA )?PRIVATE KEY-----(?P<v>[A-Za-z0-9+/=\\\s]{64,8192}?)-----END", checks.service_account, after=12288),
    _rule("private-key", rb"PRIVATE KEY-----", _PEM, checks.private_key, before=64, after=20480),
    _rule("pgp-private-key", rb"BEGIN PGP PRIVATE KEY BLOCK-----", rb"-----BEGIN PGP PRIVATE KEY BLOCK-----\s+(?:[A-Z][\w-]*: [^\n]*\s+)*(?P<v>[A-Za-z0-9+/=\s]{64,65536}?)-----END", checks.pgp, after=69632),
    _rule("putty-private-key", rb"PuTTY-User-Key-File-", rb"PuTTY-User-Key-File-[23]: [\w-]+\s+Encryption: (?P<label>[\w-]+)\s.{0,8192}?Private-Lines: \d+\s+(?P<v>[A-Za-z0-9+/=\s]{32,8192}?)Private-", checks.putty, after=20480),
    _token("age-secret-key", rb"AGE-SECRET-KEY-1", rb"AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}"),
    _token("aws-access-key", rb"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}", rb"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}"),
    _named("aws-secret-key", rb"secret_?access_?key|aws_?secret(?:_?key)?", rb"[A-Za-z0-9/+]{40}"),
    _token("google-api-key", rb"AIza", rb"AIza[0-9A-Za-z_-]{35}"),
    _token("google-oauth-secret", rb"GOCSPX-", rb"GOCSPX-[0-9A-Za-z_-]{28}"),
    _rule("azure-storage-key", rb"(?:AccountKey|SharedAccessKey|account_key|storage_key|STORAGE_KEY)", rb"(?:AccountKey|SharedAccessKey|account_key|storage_key|STORAGE_KEY)[\"']?\s{0,4}[=:]\s{0,4}[\"']?(?P<v>[A-Za-z0-9+/]{86}==|(?<=SharedAccessKey=)[A-Za-z0-9+/]{43}=)", before=32),
    _token("azure-client-secret", rb"[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31}", rb"[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34}"),
    _token("github-token", rb"gh[pousr]_[A-Za-z0-9]{36}", rb"gh[pousr]_[A-Za-z0-9]{36}", checks.checksummed),
    _token("github-fine-grained-token", rb"github_pat_", rb"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}"),
    _token("gitlab-token", rb"gl(?:pat|dt|rt|ptt|ft|soat|cbt|agent)-", rb"gl(?:pat|dt|rt|ptt|ft|soat|cbt|agent)-[A-Za-z0-9_.=-]{20,64}"),
    _token("npm-token", rb"npm_[A-Za-z0-9]{36}", rb"npm_[A-Za-z0-9]{36}", checks.checksummed),
    _rule("npm-registry-auth", rb"(?i)_(?:authToken|auth|password)\s{0,2}=", rb"(?m)(?:^|//[^\s:]{3,200}/:)_(?i:authToken|auth|password)\s{0,2}=\s{0,2}[\"']?(?P<v>[A-Za-z0-9+/=_.-]{16,512})", before=232),
    _token("pypi-token", rb"pypi-AgE", rb"pypi-AgE[A-Za-z0-9_-]{50,1000}"),
    _token("rubygems-token", rb"rubygems_[0-9a-f]{48}", rb"rubygems_[0-9a-f]{48}"),
    _rule("registry-auth", rb"\"auth\"\s{0,4}:", rb"\"auth\"\s{0,8}:\s{0,8}\"(?P<v>[A-Za-z0-9+/]{8,2048}={0,2})\"", checks.basic, after=2200),
    _token("slack-token", rb"xox[abeprso]-|xapp-[0-9]-", rb"(?:xox[abeprso]-(?:[0-9A-Za-z]{2,64}-){1,4}[0-9A-Za-z]{10,64}|xapp-\d-[A-Z0-9]+-\d+-[a-f0-9]{32,128})"),
    _rule("slack-webhook", rb"hooks\.slack\.com/", rb"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<v>[A-Z0-9]{8,14}/[A-Z0-9]{8,14}/[A-Za-z0-9]{20,48})"),
    _token("stripe-key", rb"[rs]k_(?:live|test)_", rb"[rs]k_(?:live|test)_[A-Za-z0-9]{20,247}"),
    _token("stripe-webhook-secret", rb"whsec_", rb"whsec_[A-Za-z0-9+/]{32,64}"),
    _token("twilio-key", rb"SK[0-9a-f]{32}", rb"SK[0-9a-f]{32}"),
    _named("twilio-token", rb"twilio[\w.-]{0,24}token", rb"[0-9a-f]{32}"),
    _token("sendgrid-key", rb"SG\.[A-Za-z0-9_-]{22}\.", rb"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    _token("mailgun-key", rb"key-[0-9a-f]{32}", rb"key-[0-9a-f]{32}"),
    _token("hugging-face-token", rb"hf_[A-Za-z0-9]{34}", rb"hf_[A-Za-z0-9]{34}"),
    _token("openai-key", rb"sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20}", rb"sk-(?:(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,200}|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20})"),
    _token("anthropic-key", rb"sk-ant-", rb"sk-ant-(?:api|admin)\d\d-[A-Za-z0-9_-]{80,120}"),
    _token("digitalocean-token", rb"do[por]_v1_", rb"do[por]_v1_[0-9a-f]{64}"),
    _token("vault-token", rb"hv[sb]\.", rb"hv[sb]\.[A-Za-z0-9_-]{24,300}"),
    _token("grafana-token", rb"glsa_|glc_", rb"(?:glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}|glc_[A-Za-z0-9+/]{32,400}={0,2})"),
    _token("terraform-token", rb"\.atlasv1\.", rb"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}"),
    _token("databricks-token", rb"dapi[0-9a-f]{32}", rb"dapi[0-9a-f]{32}(?:-\d)?"),
    _token("shopify-token", rb"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}", rb"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),
    _token("telegram-token", rb"[0-9]{8,10}:AA[A-Za-z0-9_-]{33}", rb"\d{8,10}:AA[A-Za-z0-9_-]{33}"),
    _token("alibaba-access-key", rb"LTAI[A-Za-z0-9]{12}", rb"LTAI[A-Za-z0-9]{12,24}"),
    _token("tencent-access-key", rb"AKID[A-Za-z0-9]{32}", rb"AKID[A-Za-z0-9]{32}"),
    _rule("netrc-password", rb"machine[ \t\r\n]", rb"machine\s+\S+\s+login\s+(?P<u>\S+)\s+password\s+(?P<v>\S+)", checks.password, before=16),
    _weak("kubeconfig-token", rb"token:", rb"(?m)^\s+token:\s+[\"']?(?P<v>[A-Za-z0-9._~+/=:-]{16,4096})[\"']?\s*$", checks.random, before=40, after=4200, files=rb"(?:.*/)?(?:\.kube/.*|.*kubeconfig.*|.*\.kubeconfig|.*/kubelet\.conf|.*/admin\.conf)"),
    _rule("kubeconfig-key", rb"client-key-data:", rb"client-key-data:\s*[\"']?(?P<v>[A-Za-z0-9+/]{128,16384}={0,2})", checks.encoded_key, after=16640),
    _weak("pgpass-password", rb":", rb"(?m)^(?!#)[^:\n]+:(?:\d+|\*):[^:\n]+:(?P<u>[^:\n]+):(?P<v>[^\s:]+)$", checks.password, before=256, files=rb"(?:.*/)?\.?pgpass(?:\.conf)?"),
    _weak("htpasswd", rb":[$]|:\{SHA\}", rb"(?m)^[^:\s]+:(?P<v>\$(?:2[aby]|apr1|5|6)\$[^\s:]{20,}|\{SHA\}[A-Za-z0-9+/=]{28})\s*$", checks.random, before=128, files=rb"(?:.*/)?[^/]*htpasswd[^/]*"),
    _weak("database-url", rb"(?i)(?:postgres|postgresql|mysql|mariadb|mongodb|redis|rediss|amqp|amqps|mssql|sqlserver|clickhouse|nats|kafka|ldap|ldaps|srv|psycopg2?|asyncpg|pymysql|mysqldb)://", rb"(?i)[a-z0-9+]{3,32}://(?P<u>[^\s:/@\"'<>]{0,64}):(?P<v>[^\s:/@\"'<>]{5,128})@[A-Za-z0-9_.\[-]", checks.password, before=40),
    _weak("url-password", rb"(?:https?|ftp|ssh|git|s?ftp)://[^\s/@:\"'<>]{1,64}:[^\s/@:\"'<>]{5,}@", rb"(?:https?|ftp|ssh|git|sftp)://(?P<u>[^\s:/@\"'<>]{1,64}):(?P<v>[^\s:/@\"'<>]{5,255})@[A-Za-z0-9_.\[-]+", checks.password, before=400, after=300),
    _weak("command-password", rb"(?:curl|wget|sshpass|mysql|mysqldump|mysqladmin|mariadb|login)\s", _GIVEN, checks.given_password, before=16, after=700),
    _weak("json-web-token", rb"eyJ[A-Za-z0-9_-]{8,}\.eyJ", rb"(?<![A-Za-z0-9_-])(?P<v>eyJ[A-Za-z0-9_-]{8,2048}\.eyJ[A-Za-z0-9_-]{8,8192}\.[A-Za-z0-9_-]{20,1024})", checks.token_of_web, before=2200, after=9600),
    _weak("assigned-secret", rb"(?i)(?:" + _SECRET_NAME + rb")[a-z0-9_.-]{0,12}[\"']?\]?[ \t]{0,4}(?:=>|:=|[=:])", rb"(?i)(?P<name>[a-z0-9_.-]{0,40}(?:" + _SECRET_NAME + rb"))(?P<more>[a-z0-9_.-]{0,12})[\"']?\]?[ \t]{0,4}(?:=>|:=|[=:])[ \t]{0,8}(?P<quote>[\"']?)(?P<v>[^\s\"']{8,256})(?P=quote)(?=[\s,;\"')}\]]|$)", checks.strict, before=128),
)  # fmt: skip
"""The strong ones first: where two match at one place, the first is told."""

HOLDS: Mapping[str, tuple[bytes, ...]] = {
    "gcp-service-account": (b"service_account",),
    "aws-access-key": (b"AKIA", b"ASIA", b"ABIA", b"ACCA"),
    "aws-secret-key": (b"secret",),
    "azure-storage-key": (b"AccountKey", b"AccessKey", b"account_key", b"storage_key", b"STORAGE_KEY"),
    "azure-client-secret": (b"Q~",),
    "gitlab-token": (b"gl",),
    "npm-registry-auth": (b"_auth", b"_password"),
    "registry-auth": (b'"auth"',),
    "slack-token": (b"xox", b"xapp-"),
    "stripe-key": (b"k_live_", b"k_test_"),
    "twilio-token": (b"twilio",),
    "openai-key": (b"sk-",),
    "grafana-token": (b"glsa_", b"glc_"),
    "terraform-token": (b".atlasv1.",),
    "shopify-token": (b"shp",),
    "telegram-token": (b":AA",),
    "pgpass-password": (b":",),
    "htpasswd": (b":$", b":{SHA}"),
    "database-url": (b"://",),
    "url-password": (b"://",),
    "assigned-secret": (b"pass", b"pwd", b"secret", b"token", b"key", b"credential"),
}  # fmt: skip
"""Of the kinds whose `seek` begins in no plain way: bytes of which every hit holds at least one, in small letters where it
makes no difference between small and large ones. What has none of them need not be looked through."""
