"""What `--fix` mends, rule by rule, in the order in which it is done."""

from __future__ import annotations

from collections.abc import Mapping

from seamline.lint.mending import commands, instructions, lists, secrets, shells, starting, users
from seamline.lint.mending.edit import Fixer

FIXERS: Mapping[str, Fixer] = {
    "DL3006": instructions.pin,
    "DL3007": instructions.pin,
    "SL2001": instructions.pin,
    "DL3065": instructions.without_platform,
    "DL4000": instructions.label_for_maintainer,
    "SL3005": instructions.argument_for_setting,
    "DL3020": instructions.copy_for_add,
    "DL3004": commands.without_sudo,
    "DL3027": commands.apt_for_scripts,
    "SL2003": lists.update_where_it_is_used,
    "DL3015": commands.option("--no-install-recommends"),
    "DL3009": lists.lists_gone,
    "SL3017": commands.last_command("apt-get clean"),
    "DL3019": commands.option("--no-cache"),
    "DL3032": commands.last_command("yum clean all"),
    "DL3036": commands.last_command("zypper clean"),
    "DL3040": commands.cache_mount("/var/cache/dnf"),
    "DL3042": commands.cache_mount("/root/.cache/pip", commands.option("--no-cache-dir")),
    "DL3060": commands.cache_mount("/usr/local/share/.cache/yarn"),
    "SL3004": commands.cache_mount("/root/.npm"),
    "SL2004": commands.clean_install,
    "DL3046": commands.first_option("--no-log-init"),
    "DL3047": commands.first_option("-q"),
    "DL4006": shells.pipefail,
    "DL3064": secrets.secret_by_mount,
    "SL3016": starting.json_list,
    "DL3025": starting.exec_form,
    "DL3066": users.number_for_name,
    "DL3002": users.ordinary_user,
    "SL1001": users.ordinary_user,
    "DL3057": starting.health_check,
}
