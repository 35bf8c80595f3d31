"""What an update of an image takes, part by part."""

# fmt: off
WORDS = {
    "force-pull": ("pull", "拉取"),
    "force-push": ("push", "推送"),
    "force-rebuild": ("rebuild", "重建"),
    "force-rebuild-or-rebase": ("rebuild or rebase", "重建或换基"),
    "force-restart": ("restart", "重启"),
    "name-stays": ("{name} does not move on: the newest of its line is {newest}, and building again does not take it up", "{name} 不会再变动：同一版本线的最新镜像是 {newest}，重新构建也不会采用"),
    "update-cadence": ("a new image of its line about every {days} day{days:s}", "该版本线约每 {days} 天出一个新镜像"),
    "update-mends": ("moving to {newest} mends {mends} finding{mends:s} and brings {adds}", "换用 {newest} 可修复 {mends} 个漏洞，带来 {adds} 个"),
    "update-mends-unknown": ("what moving to {newest} would mend is not known", "换用 {newest} 能修复多少尚不清楚"),
    "update-pin": ("pin it as {name}", "可固定为 {name}"),
    "update-pin-alone": ("pin it as {name} (the digest of {platform} alone)", "可固定为 {name}（仅为 {platform} 的 digest）"),
    "update-takes": ("an update takes: {acts}; {owner} begins", "更新需要：{acts}；由{owner}开始"),
}
