"""What tells a secret from what only looks like one: its own checksum, its randomness, words that nobody would keep secret.

Each check sees one match of a rule and says what is noted of it, or None where it is no secret.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import zlib
from collections import Counter

from seamline.expression import expression

Match = re.Match[bytes]

_BASE62 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_WORDS = expression(
    rb"example|change.?me|change.?it|placeholder|x{4,}|\*{3,}|\.{3,}|dummy|sample|fake|redacted|insert|replace|your[_-]|yourp|<|>|\$\{|\$\(|\{\{|%\(|%s|not.?a.?real|invalid"
    rb"|abcdefg|0123456|1234567|qwerty|foobar|foo.?bar|lorem|todo|undefined|deadbeef|secret.?key|my.?secret|testing|s3cr3t|p@ssw"
)
_ABOUT = expression(
    rb"(?i)[_.-](?:id|name|file|path|dir|url|uri|type|len|length|size|ttl|hash|age|expir|count|field|header|format|policy|arn|version|ref)"
)
EVERYDAY = frozenset(
    b"user username pass passw passwd password pwd secret token key root admin administrator guest test tester demo foo bar baz"
    b" none null true false nil empty unset default postgres mysql mongo redis rabbitmq hello world string value letmein"
    b" p4ssw0rd hunter2 xyz abc abc123 abcd qux tiger scott me you host hostname name login anonymous pw".split()
)
DOCUMENTED = frozenset(
    (
        b"AKIAIOSFODNN7EXAMPLE",
        b"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        b"Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
        b"C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==",
        b"sk_test_4eC39HqLyjWDarjtT1zdp7dc",
        b"sk_test_BQokikJOvBiI2HlWgH4olfQ2",
        b"pk_test_TYooMQauvdEDq54NiTphI7jx",
        b"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
        b"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiYWRtaW4iOnRydWV9.TJVA95OrM7E2cBab30RMHrHDcEfxjoYZgeFONFh7HgQ",
    )
)
"""Keys that the makers' own documentation prints: Azure's storage emulators, AWS, Stripe, jwt.io."""


def entropy(value: bytes) -> float:
    """The bits a byte that its own distribution of bytes carries (Shannon)."""
    size = len(value)
    return -sum(n / size * math.log2(n / size) for n in Counter(value).values()) if size else 0.0


def is_placeholder(value: bytes) -> bool:
    """Whether it is one that documentation prints, or a word that stands for a secret."""
    lowered = value.lower()
    return value in DOCUMENTED or lowered in EVERYDAY or bool(_WORDS.search(lowered))


def looks_like_placeholder(lowered: str) -> bool:
    """Whether a whole value is words that stand for a secret, as documentation writes them: `<your token>`, `change-me`."""
    if not _WORDS.search(lowered.encode("utf-8", "replace")):
        return False
    return bool(
        re.fullmatch(r"[<\[{(]{0,2} ?[a-z][a-z _.-]*[a-z] ?[>\]})]{0,2}!?|x{4,}|\*{3,}|\.{3,}", lowered)
    )


def random(match: Match) -> str | None:
    """A value that looks drawn at random, for what its alphabet is."""
    value = match["v"]
    most = math.log2(min(len(set(value)) + 1, len(value)))
    least = 2.6 if re.fullmatch(rb"[0-9a-fA-F]+", value) else 3.0
    return "" if entropy(value) >= least and most >= least and not is_placeholder(value) else None


def checksummed(match: Match) -> str | None:
    """GitHub's and npm's tokens: the last six of their characters are the CRC-32 of the thirty before, in base 62."""
    value = match["v"]
    if random(match) is None:
        return None
    head, tail = value.rpartition(b"_")[2][:-6], value[-6:]
    number, digits = zlib.crc32(head), bytearray()
    while number:
        number, digit = divmod(number, 62)
        digits.append(_BASE62[digit])
    return "checksum" if bytes(digits[::-1]).rjust(6, b"0") == tail else "no-checksum"


def password(match: Match) -> str | None:
    """A password that people chose: no word that stands for one, and not the user's own name."""
    value = match["v"]
    if len(value) < 5 or is_placeholder(value) or len(set(value)) < 4:
        return None
    user = match.groupdict().get("u") or b""
    if value.lower() in (user.lower(), user.lower()[::-1]) or re.search(rb"[{}$%\[\]\\`\"' ]", value):
        return None
    return (
        None
        if re.fullmatch(rb"[a-z]*(?:pass|user|test|secret|token|admin)[a-z]*\d{0,4}", value.lower())
        else ""
    )


def given_password(match: Match) -> str | None:
    """A password among a command's words: as above, and not the word that stands beside a token where a password is asked for
    (`-u TOKEN:x-oauth-basic`), nor an option."""
    value = match["v"]
    return (
        None
        if value.startswith(b"-") or value.lower() in (b"x-oauth-basic", b"x-token-auth")
        else password(match)
    )


def strict(match: Match) -> str | None:
    """A value given to a name that asks for secrecy: long and random, or short and of three kinds of characters."""
    value = match["v"]
    if _ABOUT.search(match["more"]):
        return None
    if is_placeholder(value) or re.search(rb"[(){}\[\]<>;,\s\\`]|::|->|//|^[/.$@%&#]|^data:", value):
        return None
    kinds = sum(bool(re.search(kind, value)) for kind in (rb"[a-z]", rb"[A-Z]", rb"\d", rb"[^a-zA-Z0-9]"))
    has_digit = bool(re.search(rb"\d", value))
    if (
        not has_digit
        or re.fullmatch(rb"[\d.:+-]+", value)
        or re.fullmatch(rb"[a-z]+(?:[-_.][a-z0-9]{1,8})*", value)
    ):
        return None
    if re.fullmatch(rb"(?:[a-zA-Z]+[-_.])+v?\d*[a-zA-Z]*\d{0,2}|[A-Za-z]+\d{1,4}", value):
        return None
    if len(value) >= 16:
        return "" if entropy(value) >= (2.9 if re.fullmatch(rb"[0-9a-f]+", value) else 3.4) else None
    return "" if kinds >= 3 and entropy(value) >= 2.7 else None


_CHOSEN = expression(rb"(?i)(?:.*[_.-])?[a-z]*(?:password|passwd|passphrase|pwd)|.*[_.-]pass")
_NO_CHOICE = expression(rb"(?i)allow|empty|random|generat|require|disable|enable|policy|min|max|prompt|auth")


def chosen(match: Match) -> str | None:
    """A password that a setting gives by itself, `DB_PASSWORD=kitten2019`: what people choose is seldom random, and where
    nothing but the setting stands there is no text that it could be mistaken in."""
    name, value = match["name"], match["v"]
    if match["more"] or not _CHOSEN.fullmatch(name) or _NO_CHOICE.search(name):
        return None
    if re.match(rb"[/.~@&#]|[a-z]+://", value) or not (re.search(rb"\d", value) or len(value) >= 12):
        return None
    return password(match)


def private_key(match: Match) -> str | None:
    """A key with a body that is one; whether it is sealed by a passphrase. Source: RFC 7468, RFC 1421; OpenSSH PROTOCOL.key."""
    body = re.sub(rb"\\[nr]|\s", b"", match["v"])
    if entropy(body[:1024]) < 4.2 or re.search(rb"\.\.\.|x{16}|X{16}|A{40}", body):
        return None
    label = match["label"] or b""
    if b"ENCRYPTED" in label or b"ENCRYPTED" in match[0][:240]:
        return "encrypted"
    if b"OPENSSH" in label:
        try:
            head = base64.b64decode(body[:64], validate=True)
        except binascii.Error:
            return None
        return "" if b"none" in head[15:40] else "encrypted"
    return ""


def service_account(match: Match) -> str | None:
    """Google's service account file: its key stands between the fences of a PEM key."""
    body = re.sub(rb"\\[nr]|\s", b"", match["v"])
    return "" if entropy(body) >= 4.2 else None


def putty(match: Match) -> str | None:
    """PuTTY's own form names its encryption."""
    if entropy(match["v"]) < 4.0:
        return None
    return "" if match["label"] == b"none" else "encrypted"


def pgp(match: Match) -> str | None:
    """An armoured secret key; whether it is sealed stands inside. Source: RFC 9580 section 6.2."""
    return "" if entropy(re.sub(rb"\s", b"", match["v"])[:1024]) >= 4.2 else None


def token_of_web(match: Match) -> str | None:
    """A JSON Web Token that is signed and whose header and claims are JSON. Source: RFC 7519 section 7.2."""
    if is_placeholder(match["v"]):
        return None
    try:
        import json  # noqa: PLC0415 - only a token needs it

        head, claims = (
            json.loads(base64.urlsafe_b64decode(part + b"==")) for part in match["v"].split(b".")[:2]
        )
    except (ValueError, RecursionError):
        return None
    if (
        not isinstance(head, dict)
        or not isinstance(claims, dict)
        or str(head.get("alg", "none")).lower() == "none"
    ):
        return None
    return None if claims.get("name") == "John Doe" or claims.get("sub") == "1234567890" else ""


def basic(match: Match) -> str | None:
    """Base64 of `user:password`, as Docker's configuration and HTTP keep it. Source: RFC 7617."""
    try:
        user, colon, value = base64.b64decode(match["v"] + b"==").partition(b":")
    except binascii.Error:
        return None
    printable = re.fullmatch(rb"[\x21-\x7e]+", user + value)
    if not colon or not printable or len(value) < 5 or is_placeholder(value) or value.lower() == user.lower():
        return None
    return ""


def encoded_key(match: Match) -> str | None:
    """Base64 of a PEM private key, as kubeconfig keeps it."""
    try:
        text = base64.b64decode(match["v"] + b"==")
    except binascii.Error:
        return None
    return "" if b"PRIVATE KEY-----" in text and entropy(text) >= 4.2 else None
