"""Ways to damage a file."""

DAMAGES = {
    "missing": lambda path: path.unlink(),
    "emptied": lambda path: path.write_bytes(b""),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "flipped": lambda path: path.write_bytes(
        bytes([*path.read_bytes()[:-1], path.read_bytes()[-1] ^ 1]),
    ),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
}
