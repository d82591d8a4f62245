# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""How the records of a batch may be compressed, by the numbers of Kafka's format."""

from __future__ import annotations

import enum

from dataops.backup import _native

# What the Java client writes in front of snappy blocks; others write one block and no frame.
_XERIAL = b"\x82SNAPPY\x00"
_XERIAL_HEADER = 16


class Codec(enum.IntEnum):
    """The lowest three bits of a batch's attributes."""

    NONE = 0
    GZIP = 1
    SNAPPY = 2
    LZ4 = 3
    ZSTD = 4


def expand(codec: int, data: bytes) -> bytes:
    """The plain bytes.

    Raises:
        ValueError: no such codec, or the data is not coded with it.
    """
    if not codec:
        return data
    try:
        return _expand(Codec(codec), data)
    except ValueError:
        raise
    except Exception as error:  # Each library has errors of its own.
        raise ValueError(f"{Codec(codec).name.lower()}: {error}") from None


def _expand(codec: Codec, data: bytes) -> bytes:
    # Loaded here, for most logs use one of them, and most hooks none.
    if codec is Codec.GZIP:
        import zlib

        return zlib.decompress(data, wbits=31)
    if codec is Codec.ZSTD:
        import zstandard

        return zstandard.ZstdDecompressor().decompressobj().decompress(data)
    if codec is Codec.LZ4:
        return bytes(_native.lz4().decompress(data))
    return _unsnappy(data)


def _unsnappy(data: bytes) -> bytes:
    snappy = _native.snappy()
    if not data.startswith(_XERIAL):
        return bytes(snappy.decompress_raw(data))
    blocks: list[bytes] = []
    at = _XERIAL_HEADER
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        block = data[at + 4 : at + 4 + size]
        if len(block) < size:
            raise ValueError("snappy: a block is cut short")
        blocks.append(bytes(snappy.decompress_raw(block)))
        at += 4 + size
    return b"".join(blocks)
