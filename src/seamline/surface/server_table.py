"""What the servers that people run in containers write, listen on, and run as, by the configuration that they come with.

Sources: each server's packaged configuration in Debian 12 and the Dockerfile of its official image; the paths that only one
of them uses are taken where they are in the image.
"""

from __future__ import annotations

import msgspec

from seamline.expression import expression


class Server(msgspec.Struct, frozen=True):
    """One server: its name, the programs it starts by, the accounts that its packages make for it, (kind, path) of what it
    writes, the ports it listens on by itself, and whether it must start as root."""

    name: str
    programs: str
    accounts: tuple[str, ...]
    writes: tuple[tuple[str, str], ...]
    ports: tuple[int, ...] = ()
    needs_root: bool = False


def _server(
    name: str, programs: str, accounts: str, writes: str, ports: tuple[int, ...] = (), *, root: bool = False
) -> Server:
    pairs = tuple((kind, path) for kind, _, path in (each.partition(":") for each in writes.split()))
    return Server(name, programs, tuple(accounts.split()), pairs, ports, root)


SERVERS = (
    _server("nginx", r"nginx(?:-debug)?|openresty|tengine", "nginx www-data", "pid:run cache:var/cache/nginx cache:var/lib/nginx log:var/log/nginx cache:usr/local/openresty/nginx/client_body_temp", (80,)),
    _server("Apache httpd", r"apache2|httpd|apache2ctl|apachectl|apache2-foreground|httpd-foreground", "www-data apache httpd", "pid:run pid:var/run/apache2 pid:run/apache2 log:var/log/apache2 log:var/log/httpd log:usr/local/apache2/logs cache:var/cache/apache2 pid:var/lock/apache2", (80,)),
    _server("lighttpd", r"lighttpd", "www-data lighttpd", "pid:run log:var/log/lighttpd cache:var/cache/lighttpd", (80,)),
    _server("Caddy", r"caddy", "caddy", "state:data state:config", (80, 443)),
    _server("HAProxy", r"haproxy", "haproxy", "pid:run/haproxy pid:var/lib/haproxy"),
    _server("Traefik", r"traefik", "", "", (80,)),
    _server("Envoy", r"envoy", "envoy", ""),
    _server("Varnish", r"varnishd", "varnish vcache", "cache:var/lib/varnish", (80,)),
    _server("Squid", r"squid", "proxy squid", "pid:run cache:var/spool/squid log:var/log/squid"),
    _server("PHP-FPM", r"php-fpm[\d.]*", "www-data", "pid:run/php log:var/log temporary:tmp"),
    _server("MySQL or MariaDB", r"mysqld(?:_safe)?|mariadbd(?:-safe)?", "mysql", "state:var/lib/mysql pid:run/mysqld pid:var/run/mysqld log:var/log/mysql temporary:tmp"),
    _server("PostgreSQL", r"postgres|postmaster|pg_ctlcluster", "postgres", "state:var/lib/postgresql/data state:var/lib/postgresql pid:run/postgresql pid:var/run/postgresql log:var/log/postgresql"),
    _server("Redis or Valkey", r"(?:redis|valkey)-server", "redis valkey", "state:data state:var/lib/redis state:var/lib/valkey pid:run/redis log:var/log/redis"),
    _server("MongoDB", r"mongod", "mongodb mongod", "state:data/db state:var/lib/mongodb log:var/log/mongodb temporary:tmp"),
    _server("memcached", r"memcached", "memcache memcached", ""),
    _server("RabbitMQ", r"rabbitmq-server", "rabbitmq", "state:var/lib/rabbitmq log:var/log/rabbitmq configuration:etc/rabbitmq"),
    _server("etcd", r"etcd", "etcd", "state:var/lib/etcd"),
    _server("Elasticsearch or OpenSearch", r"elasticsearch|opensearch", "elasticsearch opensearch", "state:usr/share/elasticsearch/data state:usr/share/opensearch/data log:usr/share/elasticsearch/logs temporary:tmp"),
    _server("Tomcat", r"catalina\.sh|tomcat[\d]*", "tomcat", "log:usr/local/tomcat/logs cache:usr/local/tomcat/work temporary:usr/local/tomcat/temp log:var/log/tomcat9 log:var/log/tomcat10 cache:var/cache/tomcat9 cache:var/cache/tomcat10"),
    _server("Jenkins", r"jenkins(?:\.sh)?", "jenkins", "state:var/jenkins_home temporary:tmp"),
    _server("Grafana", r"grafana(?:-server)?", "grafana", "state:var/lib/grafana log:var/log/grafana"),
    _server("Prometheus", r"prometheus", "nobody prometheus", "state:prometheus state:var/lib/prometheus"),
    _server("registry", r"registry|docker-registry", "docker-registry", "state:var/lib/registry state:var/lib/docker-registry"),
    _server("BIND", r"named", "bind named", "pid:run/named cache:var/cache/bind", (53,)),
    _server("Unbound", r"unbound", "unbound", "pid:run state:var/lib/unbound", (53,)),
    _server("dnsmasq", r"dnsmasq", "dnsmasq", "pid:run/dnsmasq pid:run", (53,)),
    _server("OpenSSH", r"sshd", "", "pid:run/sshd", (22,), root=True),
    _server("cron", r"cron|crond", "", "pid:run state:var/spool/cron", root=True),
    _server("rsyslog", r"rsyslogd", "syslog", "pid:run log:var/log state:var/spool/rsyslog"),
    _server("Postfix", r"postfix|master", "postfix", "state:var/spool/postfix state:var/lib/postfix", (25,), root=True),
    _server("Dovecot", r"dovecot", "dovecot", "pid:run/dovecot state:var/lib/dovecot", (143,), root=True),
    _server("vsftpd", r"vsftpd", "ftp", "pid:run/vsftpd log:var/log", (21,), root=True),
    _server("Exim", r"exim4?", "Debian-exim exim", "pid:run/exim4 state:var/spool/exim4 log:var/log/exim4", (25,), root=True),
    _server("systemd", r"systemd|init", "", "pid:run log:var/log state:var/lib/systemd temporary:tmp", root=True),
    _server("supervisor", r"supervisord", "", "pid:run log:var/log/supervisor temporary:tmp"),
)  # fmt: skip

SHELLS = expression(
    r"(?:ba|da|a|z|k)?sh|busybox|python[\d.]*|perl[\d.]*|node|irb|ruby[\d.]*|julia|php[\d.]*|jshell|ghci|iex|erl|lua[\d.]*"
)
"""What waits for a user when it is started with no file to run."""
