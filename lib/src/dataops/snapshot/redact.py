# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Secrets removed from text by their value, and private keys by their shape. Pure.

A secret is looked for as it is and as other programs spell it: escaped for JSON or Java, quoted
for a URL or a page, in base64 (also as a part of a longer text), and line by line where it has
several lines. Whatever is none of this stays as it is, byte for byte.
"""

from __future__ import annotations

import base64
import dataclasses
import html
import json
import re
import urllib.parse
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

# Shorter values are ordinary words: to remove each of their occurrences would destroy the text.
SHORTEST = 4
# Of a derived form (a part of base64, a line of several) that is still unmistakable.
_SHORTEST_PART = 8
PRIVATE_KEY = "private key"

_BEGIN = re.compile(rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----")
_END = re.compile(rb"-----END (?:[A-Z0-9]+ )*PRIVATE KEY-----")
# Base64 in lines, whose ends may be written as an escape, with the marks of properties files.
_BREAK = rb"(?:\s|\\[nr]|\\(?=\s))"
_BODY = re.compile(rb"(?:" + _BREAK + rb"*(?:[A-Za-z0-9+/]{32,}={0,2}|[A-Za-z0-9+/]+={1,2}))*")
_LINE = re.compile(rb"[A-Za-z0-9+/]{16,}={0,2}|[A-Za-z0-9+/]*={1,2}")
_LONGEST_KEY = 16 * 1024
_ROUNDS_WITH_MARKS = 3
_SECRET_KEY = re.compile(r"password|passphrase|secret|token|credentials|^key$|private.?key", re.I)
_URL_PASSWORD = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s:@]*:([^/\s@]+)@", re.I)


@dataclasses.dataclass(frozen=True)
class Secret:
    """A value that nobody may read.

    Attributes:
        name: what it is, for the report; no secret itself.
        value: the value.
    """

    name: str
    value: str = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True)
class Clean:
    """A text without secrets.

    Attributes:
        data: the text.
        removed: how often each secret was removed, by its name.
    """

    data: bytes
    removed: Mapping[str, int]


class Redactor:
    """Removes these secrets.

    Args:
        secrets: by value; empty values are passed over.

    Attributes:
        too_short: names of secrets that cannot be told from ordinary words.
    """

    def __init__(self, secrets: Iterable[Secret]) -> None:
        known = [secret for secret in secrets if secret.value.strip()]
        self.too_short = tuple(s.name for s in known if len(s.value.strip()) < SHORTEST)
        forms: dict[bytes, str] = {}
        for secret in known:
            for form in _forms(secret.value):
                forms.setdefault(form, secret.name)
        # The longest first, so that a secret within another does not leave the rest of it.
        self._forms = dict(sorted(forms.items(), key=lambda item: -len(item[0])))
        markers = [_marker(name) for name in {*forms.values(), PRIVATE_KEY}]
        self._marks = not any(form in marker for marker in markers for form in forms)

    def clean(self, data: bytes) -> Clean:
        """The text without any secret."""
        removed: Counter[str] = Counter()
        data = self._keys(data, removed)
        rounds = 0
        while present := [form for form in self._forms if form in data]:
            # A mark may form a secret with what stands beside it; without marks the text only
            # gets shorter, so this ends.
            marks = self._marks and rounds < _ROUNDS_WITH_MARKS
            data = self._values(data, present, removed, marks)
            rounds += 1
        return Clean(data, dict(removed))

    def _values(
        self, data: bytes, present: list[bytes], removed: Counter[str], marks: bool
    ) -> bytes:
        """The text without these forms."""

        def replaced(match: re.Match[bytes]) -> bytes:
            name = self._forms[match[0]]
            removed[name] += 1
            return _marker(name) if marks else b""

        return re.sub(b"|".join(map(re.escape, present)), replaced, data)

    def _keys(self, data: bytes, removed: Counter[str]) -> bytes:
        """The text without private keys, also of those of which it holds only one end."""
        if b"PRIVATE KEY-----" not in data:
            return data
        marker = _marker(PRIVATE_KEY) if self._marks else b""
        kept: list[bytes] = []
        position = 0
        for start, end in _key_spans(data):
            kept += [data[position:start], marker]
            removed[PRIVATE_KEY] += 1
            position = end
        return b"".join((*kept, data[position:]))


def private_keys(name: str, text: str) -> tuple[Secret, ...]:
    """The private keys in a file of PEM blocks, so that a copy of one elsewhere is found too."""
    data = text.encode()
    spans = _key_spans(data)
    return tuple(Secret(name, data[start:end].decode()) for start, end in spans)


def secrets_within(value: Any, name: str = "configuration") -> tuple[Secret, ...]:
    """The values of a configuration that its keys call secret, and the passwords of its URLs.

    Args:
        value: JSON or YAML, as read.
        name: what it is; the report adds the path within it.
    """
    return tuple(_within(value, name, hidden=False))


def _within(value: Any, name: str, *, hidden: bool) -> Iterator[Secret]:
    """The secrets of one value; everything below a secret's name is one."""
    if isinstance(value, Mapping):
        for key, item in cast("Mapping[str, Any]", value).items():
            yield from _within(item, f"{name} {key}", hidden=bool(_SECRET_KEY.search(str(key))))
    elif isinstance(value, (list, tuple)):
        for item in cast("Sequence[Any]", value):
            yield from _within(item, name, hidden=hidden)
    elif isinstance(value, str):
        # The URI of a Juju secret says nothing to who was not granted it.
        if hidden and value and not value.startswith("secret:"):
            yield Secret(name, value)
        for match in _URL_PASSWORD.finditer(value):
            yield Secret(f"{name} (URL)", urllib.parse.unquote(match[1]))


def _key_spans(data: bytes) -> list[tuple[int, int]]:
    """From where to where private keys reach, in order and without overlap."""
    spans: list[tuple[int, int]] = []
    position = 0
    while True:
        begin, end = _BEGIN.search(data, position), _END.search(data, position)
        if begin is None and end is None:
            return spans
        if begin is None or (end is not None and end.start() < begin.start()):
            assert end is not None
            start, stop = _head(data, position, end.start()), end.end()
        elif end is not None and _one_key(data, begin, end):
            start, stop = begin.start(), end.end()
        else:
            body = _BODY.match(data, begin.end(), begin.end() + _LONGEST_KEY)
            start, stop = begin.start(), body.end() if body else begin.end()
        spans.append((start, stop))
        position = stop


def _one_key(data: bytes, begin: re.Match[bytes], end: re.Match[bytes]) -> bool:
    """Whether this end belongs to this beginning."""
    if end.start() - begin.end() > _LONGEST_KEY:
        return False
    another = _BEGIN.search(data, begin.end(), end.start())
    return another is None


def _head(data: bytes, least: int, end: int) -> int:
    """Where the lines of a key begin whose own beginning was cut off."""
    start = end
    while start > least:
        line_end = start
        while line_end > least and data[line_end - 1 : line_end].isspace():
            line_end -= 1
        line_start = max(data.rfind(b"\n", least, line_end) + 1, least)
        # A cut may have left any part of the first line.
        if not _LINE.fullmatch(data, line_start, line_end):
            return start
        start = line_start
    return start


def _marker(name: str) -> bytes:
    """What stands in a secret's place."""
    return f"[redacted: {name}]".encode()


def _forms(value: str) -> Iterator[bytes]:
    """How a secret may be spelled."""
    for text in {value, value.strip()}:
        if len(text.strip()) < SHORTEST:
            continue
        yield from (form.encode() for form in _spelled(text))
        yield from _in_base64(text.encode())
    lines = [line.strip() for line in value.splitlines()]
    parts = [line for line in lines if len(line) >= _SHORTEST_PART and "-----" not in line]
    if len(lines) > 1:
        yield from (part.encode() for part in parts)
        joined = "".join(line for line in lines if "-----" not in line)
        yield from (joined.encode(),) if len(joined) >= _SHORTEST_PART else ()


def _spelled(text: str) -> set[str]:
    """The text as it is, and with the escapes of JSON, Java, URLs and pages."""
    escaped = json.dumps(text)[1:-1]
    return {
        text,
        escaped,
        json.dumps(text, ensure_ascii=False)[1:-1],
        # JSON within JSON, as event logs and databags hold it.
        json.dumps(escaped)[1:-1],
        re.sub(r"([:=#! \\])", r"\\\1", text),
        urllib.parse.quote(text, safe=""),
        urllib.parse.quote(text),
        urllib.parse.quote_plus(text),
        html.escape(text),
    }


def _in_base64(data: bytes) -> Iterator[bytes]:
    """Its base64, and what of it is the same wherever it stands in a longer text."""
    for encode in (base64.standard_b64encode, base64.urlsafe_b64encode):
        yield encode(data)
        for shift in range(3):
            # Each letter holds six bits: those at the ends also depend on the neighbours.
            letters = encode(bytes(shift) + data).rstrip(b"=")
            first = -(-8 * shift // 6)
            last = (8 * (shift + len(data))) // 6
            if last - first >= _SHORTEST_PART:
                yield letters[first:last]
