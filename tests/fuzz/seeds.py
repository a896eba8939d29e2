#!/usr/bin/env python3
# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""seeds.py RECORDING NAME: writes inputs for the fuzz targets `recording` and `events` from a recording, one record of
each kind at most, into tests/fuzz/corpus/."""
import pathlib
import struct
import sys

HEADER = 4096
corpus = pathlib.Path(__file__).parent / "corpus"


def records(data: bytes):
    committed = struct.unpack_from("<Q", data, 16)[0]
    at = HEADER
    while at < committed:
        length = struct.unpack_from("<I", data, at)[0]
        size = (32 + length + 7) // 8 * 8
        yield data[at + 8], data[at : at + size]
        at += size


def main(path: str, name: str) -> None:
    data = pathlib.Path(path).read_bytes()
    kinds: dict[int, bytes] = {}
    for kind, record in records(data):
        if len(record) < 1024:
            kinds.setdefault(kind, record)
    chosen = b"".join(kinds.values())
    header = bytearray(data[:HEADER])
    struct.pack_into("<Q", header, 16, HEADER + len(chosen))
    for target, contents in (("recording", bytes(header) + chosen), ("events", chosen)):
        (corpus / target).mkdir(parents=True, exist_ok=True)
        (corpus / target / name).write_bytes(contents)
    print(f"{name}: {len(kinds)} kinds, {len(chosen)} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
