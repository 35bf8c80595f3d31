"""One standard a file: bytes <-> values. Opens nothing, logs nothing, asks no clock."""
