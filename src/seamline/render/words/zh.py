"""Chinese. One line an id, in alphabetical order of the ids."""

CHINESE = {
    "dangling-hardlink": "硬链接指向 {target}，但下面各层都没有它",
    "layer-not-read": "第 {layer} 层未读取：{why}",
    "unreadable-file": "{reader} 无法读取：{why}",
}
