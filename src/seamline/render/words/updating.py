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
    "update-pin-alone": ("pin it as {name} (the digest of {platform} alone)", "可固定为 {name} （仅为 {platform} 的 digest）"),
    "update-takes": ("an update takes: {acts}; {owner} begins", "更新需要：{acts}；由{owner}开始"),
    "update-takes-alone": ("an update takes: {acts}", "更新需要：{acts}"),
    "whole-altered": ("{number} of the packages' own configuration altered", "改动了 {number} 个软件包自带的配置"),
    "whole-besides": ("besides", "此外"),
    "whole-findings": ("{number} known, {fixable} with a fix, {late} overdue", "已知 {number} 个，{fixable} 个有修复，{late} 个逾期"),
    "whole-made": ("made {day}, {days} day{days:s} old", "{day} 制作，已 {days} 天"),
    "whole-over": ("over for {days} day{days:s}", "已过期 {days} 天"),
    "whole-ports": ("ports", "端口"),
    "whole-privilege": ("least privilege", "最小权限"),
    "whole-rules": ("rules", "规则"),
    "whole-templates": ("templates filled in", "填充的模板"),
    "whole-volumes": ("volumes", "卷"),
    "whole-waits": ("fixes waiting: {number}, for {median} day{median:s} (median), {oldest} at most", "{number} 个修复待应用，中位数 {median} 天，最长 {oldest} 天"),
}
