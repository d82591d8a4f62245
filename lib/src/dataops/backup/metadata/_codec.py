# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""One metadata record from bytes and back, by the tables of its fields."""

from __future__ import annotations

import base64
import dataclasses
import struct
from collections.abc import Iterable, Mapping
from typing import Any

from dataops.backup.metadata._schemas import BY_KEY, BY_NAME, Field

_FRAME = 1
_NUMBERS = {
    "int8": struct.Struct(">b"),
    "int16": struct.Struct(">h"),
    "uint16": struct.Struct(">H"),
    "int32": struct.Struct(">i"),
    "int64": struct.Struct(">q"),
    "float64": struct.Struct(">d"),
    "bool": struct.Struct(">?"),
}


class MetadataError(ValueError):
    """The cluster's metadata cannot be read; the message says what was found and where."""


@dataclasses.dataclass(frozen=True)
class Record:
    """One metadata record.

    Attributes:
        name: Kafka's own, such as `TopicRecord`.
        version: of its layout.
        fields: by Kafka's own names; ids as Kafka prints them (22 characters of base64), arrays
            as tuples, structures as mappings.
    """

    name: str
    version: int
    fields: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.fields[name]


def record(name: str, /, **fields: Any) -> Record:
    """A record of the newest version that is known here; what is not given has its default.

    Raises:
        MetadataError: a field is missing or unknown.
    """
    schema = BY_NAME[name]
    known = {field.name: field for field in schema.fields}
    if unknown := set(fields) - set(known):
        raise MetadataError(f"{name} has no field {', '.join(sorted(unknown))}")
    values = {each: fields.get(each, field.default) for each, field in known.items()}
    for each, field in known.items():
        if values[each] is None and not field.nullable:
            raise MetadataError(f"{name} needs a value for {each}")
    return Record(name, schema.newest, values)


def decode(data: bytes) -> Record:
    """The record in a value of the metadata log.

    Raises:
        MetadataError: it is of a kind or version that is not known, or is damaged.
    """
    source = _Source(data)
    try:
        frame, key, version = source.varint(), source.varint(), source.varint()
        schema = BY_KEY.get(key)
        if frame != _FRAME:
            raise MetadataError(f"a metadata record has frame version {frame}: only 1 is known")
        if schema is None or version > schema.newest:
            what = schema.name if schema else f"record type {key}"
            raise MetadataError(
                f"{what} of version {version} is not known: it comes from a newer Kafka. Use a "
                "newer revision of this software"
            )
        fields = _read_fields(source, schema.fields, version)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise MetadataError(f"a metadata record is damaged: {error}") from None
    if source.left:
        raise MetadataError(f"{schema.name} has {source.left} bytes too many")
    return Record(schema.name, version, fields)


def encode(one: Record) -> bytes:
    """The record as a value of the metadata log."""
    schema = BY_NAME[one.name]
    head = _varint(_FRAME) + _varint(schema.key) + _varint(one.version)
    return head + _write_fields(schema.fields, one.version, one.fields)


def uuid_text(data: bytes) -> str:
    """An id as Kafka prints it."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def uuid_bytes(text: str) -> bytes:
    """The 16 bytes of an id."""
    return base64.urlsafe_b64decode(text + "==")


class _Source:
    """Bytes that are read from the front."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def take(self, count: int) -> bytes:
        if count < 0 or count > self.left:
            raise IndexError(f"{count} bytes wanted, {self.left} left")
        self._at += count
        return self._data[self._at - count : self._at]

    def varint(self) -> int:
        number = shift = 0
        while True:
            byte = self.take(1)[0]
            number |= (byte & 0x7F) << shift
            if byte < 0x80:
                return number
            shift += 7


def _read_fields(source: _Source, fields: Iterable[Field], version: int) -> dict[str, Any]:
    """Every field of a structure; those that this version lacks have their defaults."""
    values = {field.name: field.default for field in fields}
    tagged: dict[int | None, Field] = {}
    for field in fields:
        if field.since > version:
            continue
        if field.tag is None:
            values[field.name] = _read(source, field, version)
        else:
            tagged[field.tag] = field
    for _ in range(source.varint()):
        tag, size = source.varint(), source.varint()
        inner = _Source(source.take(size))
        # A tag that is not known here is a later release's, which can do without it.
        if field := tagged.get(tag):
            values[field.name] = _read(inner, field, version)
    return values


def _read(source: _Source, field: Field, version: int) -> Any:
    if not field.many:
        return _read_one(source, field.type, version)
    count = source.varint() - 1
    if count < 0:
        return None
    return tuple(_read_one(source, field.type, version) for _ in range(count))


def _read_one(source: _Source, kind: str | tuple[Field, ...], version: int) -> Any:
    if isinstance(kind, tuple):
        return _read_fields(source, kind, version)
    if kind == "uuid":
        return uuid_text(source.take(16))
    if kind in ("string", "bytes"):
        size = source.varint() - 1
        if size < 0:
            return None
        data = source.take(size)
        return data.decode() if kind == "string" else data
    form = _NUMBERS[kind]
    return form.unpack(source.take(form.size))[0]


def _write_fields(fields: Iterable[Field], version: int, values: Mapping[str, Any]) -> bytes:
    present = [field for field in fields if field.since <= version]
    body = [_write(field, version, values[field.name]) for field in present if field.tag is None]
    tagged = sorted(
        (field.tag, _write(field, version, values[field.name]))
        for field in present
        if field.tag is not None and values[field.name] != field.default
    )
    body.append(_varint(len(tagged)))
    for tag, data in tagged:
        body.append(_varint(tag) + _varint(len(data)) + data)
    return b"".join(body)


def _write(field: Field, version: int, value: Any) -> bytes:
    if not field.many:
        return _write_one(field.type, version, value)
    if value is None:
        return _varint(0)
    return _varint(len(value) + 1) + b"".join(
        _write_one(field.type, version, one) for one in value
    )


def _write_one(kind: str | tuple[Field, ...], version: int, value: Any) -> bytes:
    if isinstance(kind, tuple):
        return _write_fields(kind, version, value)
    if kind == "uuid":
        return uuid_bytes(value)
    if kind in ("string", "bytes"):
        if value is None:
            return _varint(0)
        data: bytes = value.encode() if kind == "string" else value
        return _varint(len(data) + 1) + data
    return _NUMBERS[kind].pack(value)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
