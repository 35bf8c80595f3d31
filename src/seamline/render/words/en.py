"""English. One line an id, in alphabetical order of the ids."""

ENGLISH = {
    "dangling-hardlink": "a hardlink names {target}, which is in no layer below",
    "layer-not-read": "layer {layer} was not read: {why}",
    "unreadable-file": "{reader} could not read it: {why}",
}
