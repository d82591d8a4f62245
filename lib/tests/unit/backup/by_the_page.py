# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Reads backups by what docs/reference/backup-format.md says, and by nothing of ours.

Run as `python by_the_page.py DIRECTORY CLUSTER [KEY]`; it prints what the newest backup holds, as
JSON. What Kafka's own documentation says of record batches, it knows from there.
"""

import base64
import gzip
import hashlib
import json
import struct
import sys
from pathlib import Path

FORMAT = 1
EMPTY = bytes(32)


def crc_of(byte):
    for _ in range(8):
        byte = byte >> 1 ^ 0x82F63B78 * (byte & 1)
    return byte


CRCS = [crc_of(byte) for byte in range(256)]


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ CRCS[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def link(before, digest):
    return hashlib.sha256(before + digest).digest()


class Backup:
    """The newest backup of a cluster."""

    def __init__(self, place, key):
        self.place, self.key = place, key
        finished = [
            one for one in (place / "backups").iterdir() if (one / "manifest.json").exists()
        ]
        text = (max(finished) / "manifest.json").read_text(encoding="utf-8")
        self.manifest = json.loads(text)
        if self.manifest["format"] > FORMAT:
            sys.exit(f"format {self.manifest['format']} is not known here")
        # The same bytes, whoever writes it.
        plain = json.dumps(
            self.manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        assert text == plain

    def piece(self, piece):
        name = piece["sha256"]
        name += ".zst" if piece["zstd"] else ""
        name += f".{piece['key']}" if piece["key"] else ""
        data = (self.place / "segments" / name[:2] / name).read_bytes()
        assert len(data) == piece["stored"]
        if piece["key"]:
            data = self.unsealed(data, piece)
        if piece["zstd"]:
            import zstandard

            data = zstandard.ZstdDecompressor().decompress(data)
        assert len(data) == piece["bytes"]
        assert hashlib.sha256(data).hexdigest() == piece["sha256"]
        return data

    def unsealed(self, data, piece):
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        own = hashlib.sha256(b"dataops backup key\0" + self.key).hexdigest()[:16]
        if own != piece["key"]:
            sys.exit(f"sealed with key {piece['key']}, and this is {own}")
        return AESGCM(self.key).decrypt(data[:12], data[12:], bytes.fromhex(piece["sha256"]))

    def partition(self, one):
        """Its records, once both hashes are as the manifest says."""
        content = records = EMPTY
        found = []
        for segment in one["segments"]:
            after = segment["base"]
            for number, piece in enumerate(segment["pieces"]):
                data = self.piece(piece)
                content = link(content, hashlib.sha256(data).digest())
                seen = [each for each in visible(data) if each["offset"] >= one["log_start"]]
                assert all(after <= each["offset"] < one["end"] for each in seen)
                found += seen
                if segment["spans"]:
                    span = segment["spans"][number]
                    assert all(each["offset"] < span["end"] for each in seen)
                    digest = hashlib.sha256(b"".join(map(coded, seen))).digest()
                    assert digest.hex() == span["sha256"]
                    records, after = link(records, digest), span["end"]
        assert content.hex() == one["content"]
        assert one["records"] in (None, records.hex())
        return found

    def file(self, file, bundle=b""):
        if file.get("at") is not None:
            return bundle[file["at"] : file["at"] + file["bytes"]]
        return b"".join(map(self.piece, file["pieces"]))

    def told(self):
        metadata, tree = self.manifest["metadata"], self.manifest["tree"]
        bundle = b"".join(map(self.piece, tree["bundle"])) if tree else b""
        return {
            "id": self.manifest["id"],
            "topics": {one["name"]: one["configs"] for one in self.manifest["topics"]},
            "groups": self.manifest["groups"],
            "hashed": {f"{one['topic']}-{one['index']}": bool(one["records"])
                       for one in self.manifest["partitions"]},
            "records": {f"{one['topic']}-{one['index']}": self.partition(one)
                        for one in self.manifest["partitions"]},
            "metadata": {one["name"]: self.file(one).hex()
                         for one in (metadata["files"] if metadata else ())},
            "files": {one["path"]: self.file(one, bundle).hex()
                      for one in (tree["files"] if tree else ())},
        }  # fmt: skip


def visible(data):
    """What a client reads of some whole batches that sees aborted transactions too."""
    at = 0
    while at < len(data):
        base, length, _, magic, crc = struct.unpack_from(">qiibI", data, at)
        assert magic == 2
        end = at + 12 + length
        assert crc32c(data[at + 21 : end]) == crc
        flags, _, first, newest, *_, count = struct.unpack_from(">hiqqqhii", data, at + 21)
        body = plain(flags & 7, data[at + 61 : end])
        where = 0
        for _ in range(count):
            size, where = varint(body, where)
            stop = where + size
            if not flags & 0x20:
                yield record(body[where:stop], base, newest if flags & 8 else None, first)
            where = stop
        assert where == len(body)
        at = end


def plain(codec, data):
    if codec == 0:
        return data
    if codec == 1:
        return gzip.decompress(data)
    if codec == 4:
        import zstandard

        return zstandard.ZstdDecompressor().decompressobj().decompress(data)
    import cramjam

    if codec == 3:
        return bytes(cramjam.lz4.decompress(data))
    if not data.startswith(b"\x82SNAPPY\0"):
        return bytes(cramjam.snappy.decompress_raw(data))
    found, at = b"", 16
    while at < len(data):
        (size,) = struct.unpack_from(">i", data, at)
        found += bytes(cramjam.snappy.decompress_raw(data[at + 4 : at + 4 + size]))
        at += 4 + size
    return found


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value >> 1 ^ -(value & 1), at


def field(data, at):
    size, at = varint(data, at)
    return (None, at) if size < 0 else (data[at : at + size].hex(), at + size)


def record(data, base, appended, first):
    stamp, at = varint(data, 1)
    delta, at = varint(data, at)
    key, at = field(data, at)
    value, at = field(data, at)
    count, at = varint(data, at)
    headers = []
    for _ in range(count):
        name, at = field(data, at)
        content, at = field(data, at)
        headers.append([name, content])
    assert at == len(data)
    return {
        "offset": base + delta,
        "timestamp": first + stamp if appended is None else appended,
        "key": key,
        "value": value,
        "headers": headers,
    }


def coded(one):
    """A record as it is hashed."""
    parts = [one["key"], one["value"], len(one["headers"])]
    parts += [part for header in one["headers"] for part in header]
    rest = b"".join(number(one) if isinstance(one, int) else text(one) for one in parts)
    return struct.pack(">qqi", one["offset"], one["timestamp"], len(rest)) + rest


def text(content):
    data = bytes.fromhex(content or "")
    return number(-1) if content is None else number(len(data)) + data


def number(value):
    left, found = value << 1 ^ value >> 63, b""
    while left > 0x7F:
        left, found = left >> 7, found + bytes([left & 0x7F | 0x80])
    return found + bytes([left])


def main(directory, cluster, key=""):
    found = Backup(Path(directory) / cluster, base64.b64decode(key)).told()
    assert not [name for name in sys.modules if name.split(".")[0] == "dataops"]
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
