"""Programs that people build themselves, and how each says its version. One row a program.

A signature is looked for only in files of the program's own names, and only around its anchor, so that a row costs
nothing where its program is not there. Every row was checked against real builds; the test names them.
"""

from __future__ import annotations

import msgspec

_THREE = rb"\d+\.\d+\.\d+"
_SUFFIX = rb"(?:[a-z]+\d*|-(?:rc|alpha|beta|dev|RC)\.?\d*|\+)?"
# version, builder's host name (a container's is 12 hex digits), time of the build, whether changed, commit
_BUILD_ID = rb"(?<![\d.])(\d{1,2}\.\d+\.\d{1,2}?)(?:[0-9a-f]{12}-|[A-Za-z][\w.-]*-)?1\d{9}\d0{8}\0"


class Row(msgspec.Struct, frozen=True):
    """One program: `files` are its file names, `anchor` a text that stands beside its version (`{}` is what the
    file's own name tells of the version), `signature` the regular expression of the version there, compiled when it
    is first looked for. `kin` are names of the programs that are built along with it and stand in the same folder.
    `cpe` is vendor:product."""

    name: str
    files: str
    anchor: bytes
    signature: bytes
    cpe: str
    kin: str = ""


ROWS = (
    Row(
        "python",
        r"python(\d\.\d+)[a-z]?|libpython(\d\.\d+)[a-z]?\.so[\d.]*",
        b"\0{}.",
        rb"\0(\d\.\d+\.\d+" + _SUFFIX + rb")\0",
        "python:python",
    ),
    Row(
        "node",
        r"node|nodejs|libnode\.so[\d.]*",
        b"node.js/v",
        rb"node\.js/v(" + _THREE + rb"(?:-[\w.]+)?)",
        "nodejs:node.js",
    ),
    Row(
        "ruby",
        r"ruby[\d.]*|libruby[-\d.]*\.so[\d.]*",
        b"ruby ",
        rb"ruby (" + _THREE + rb")(?:p\d+|[a-z]+\d*)? \(\d{4}-",
        "ruby-lang:ruby",
    ),
    Row(
        "php",
        r"php[\d.]*|php-?(?:cgi|fpm)[\d.]*|phpdbg[\d.]*|libphp[\d.]*\.so",
        b"X-Powered-By: PHP/",
        rb"X-Powered-By: PHP/(" + _THREE + _SUFFIX + rb")",
        "php:php",
    ),
    Row("perl", r"perl[\d.]*|libperl\.so[\d.]*", b"\0v5.", rb"\0v(5\.\d+\.\d+)\0", "perl:perl"),
    Row(
        "nginx",
        r"nginx(?:-debug)?",
        b"nginx version: nginx/",
        rb"nginx version: nginx/(" + _THREE + rb")",
        "f5:nginx",
    ),
    Row(
        "httpd",
        r"httpd|apache2",
        b"Apache/",
        rb"\0Apache/(" + _THREE + rb")\b",
        "apache:http_server",
        kin=r"ab|ht(?:passwd|digest|dbm|txt2dbm|cacheclean)|rotatelogs|logresolve|fcgistarter|suexec|checkgid",
    ),
    Row(
        "haproxy",
        r"haproxy",
        b"Proxy version follows",
        rb"\0(\d+\.\d+(?:\.\d+|-dev\d+))[^\0]{0,40}\0{1,64}HA-?Proxy version follows",
        "haproxy:haproxy",
    ),
    Row(
        "redis",
        r"redis-(?:server|sentinel|benchmark|check-(?:aof|rdb))",
        b"00000000\0",
        _BUILD_ID,
        "redis:redis",
        kin="redis-cli",
    ),
    Row(
        "valkey",
        r"valkey-(?:server|sentinel|benchmark|check-(?:aof|rdb))",
        b"00000000\0",
        _BUILD_ID,
        "lfprojects:valkey",
        kin="valkey-cli",
    ),
    Row(
        "postgresql",
        r"postgres",
        b"postgres (PostgreSQL) ",
        rb"postgres \(PostgreSQL\) (\d+(?:\.\d+)+|\d+(?:beta|rc|devel)\d*)",
        "postgresql:postgresql",
        kin=r"pg_\w+|pgbench|psql|initdb|ecpg|(?:create|drop)(?:db|user)|(?:vacuum|reindex|cluster)db|oid2name|vacuumlo",
    ),
    Row(
        "mariadb",
        r"mariadbd|mysqld",
        b"-MariaDB\0",
        rb"\0(" + _THREE + rb")-MariaDB\0",
        "mariadb:mariadb",
        kin=r"mariadb[\w-]*|my\w+|aria_\w+|inno\w+|perror|replace|resolveip|resolve_stack_dump|test-connect-t",
    ),
    Row(
        "mysql",
        r"mysqld",
        b"\0MySQL ",
        rb"\0MySQL (" + _THREE + rb")\0",
        "oracle:mysql",
        kin=r"my\w+|inno\w+|ibd2sdi|perror|lz4_decompress|zlib_decompress",
    ),
    Row(
        "memcached",
        r"memcached",
        b"\0memcached ",
        rb"\0memcached (" + _THREE + rb")",
        "memcached:memcached",
    ),
    Row(
        "busybox",
        r"busybox(?:[.-]\w+)?",
        b"BusyBox v",
        rb"BusyBox v(" + _THREE + rb")",
        "busybox:busybox",
    ),
    Row(
        "bash",
        r"bash",
        b"@(#)Bash version ",
        rb"@\(#\)Bash version (\d+\.\d+\.\d+)\(",
        "gnu:bash",
    ),
    Row(
        "curl",
        r"curl|libcurl(?:-gnutls)?\.so[\d.]*",
        b"curl/",
        rb"curl/(" + _THREE + rb"(?:-DEV)?)\0",
        "haxx:curl",
    ),
    Row(
        "git",
        r"git",
        b"git/",
        rb"\bgit/(\d+\.\d+(?:\.\d+)*)[\w.]*\0",
        "git-scm:git",
        kin=r"git-[\w-]+|scalar",
    ),
)

OPENSSL = Row(
    "openssl",
    r"openssl|libcrypto\.so[\d.]*",
    b"\0OpenSSL ",
    rb"\0OpenSSL (\d+\.\d+\.\d+[a-z]*)(?:-(?:pre|alpha|beta)\d+)?(?:\+\w+|-fips)? +\d{1,2} [A-Z][a-z]{2} \d{4}\0",
    "openssl:openssl",
)
"""Sought in every program, for it is often linked in. What only was compiled against OpenSSL names its version too,
so in files of other names the library's own code has to be there, which names the folder it was configured with."""

OPENSSL_CODE = b'OPENSSLDIR: "'
