# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Secret content as people and charms give it, and as Juju keeps it: base64 text by key."""

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta, timezone

from onebox.errors import Refused
from onebox.flags import UsageError, quote, read_duration

# In bytes of base64, all values together: what every secret backend of Juju takes.
LIMIT = 1_000_000

_KEY = re.compile(r"[a-z](?:-?[a-z0-9]){2,}")
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)?", re.ASCII)


def from_arguments(arguments: Iterable[str], read: Callable[[str], bytes]) -> dict[str, str]:
    """Content of `key=value`, `key#base64=value` and `key#file=path` arguments; base64 by key."""
    found: dict[str, str] = {}
    for argument in arguments:
        # The padding of base64 is no separator, though it is the same character.
        index = argument.rstrip("=").find("=")
        if index < 1:
            raise UsageError(f"key value {quote(argument)} not valid")
        name, value = argument[:index], argument[index + 1 :]
        if name.endswith("#file"):
            key = name.removesuffix("#file")
            try:
                found.update(_encoded(key, read(value)))
            except Refused as error:
                reason = f"reading content for secret key {quote(key)}: {error.message}"
                raise UsageError(reason) from None
        else:
            found.update(_encoded(name, value.encode()))
    return _within_limit(found)


def from_settings(values: Mapping[str, str]) -> dict[str, str]:
    """Content of a file's `key: value` map."""
    found: dict[str, str] = {}
    for name, value in values.items():
        found.update(_encoded(name, value.encode()))
    return _within_limit(found)


def _encoded(name: str, value: bytes) -> dict[str, str]:
    key = name.removesuffix("#base64")
    if not _KEY.fullmatch(key):
        raise UsageError(f"key {quote(key)} not valid")
    encoded = value if name != key else base64.b64encode(value)
    return {key: encoded.decode().strip()}


def _within_limit(content: dict[str, str]) -> dict[str, str]:
    found = "base64 encoded secret content"
    for key, value in content.items():
        if len(value) > LIMIT:
            raise UsageError(f"{found} for key {quote(key)} too large: {len(value)} bytes")
    if (total := sum(map(len, content.values()))) > LIMIT:
        raise UsageError(f"{found} too large: {total} bytes")
    return content


def decoded(content: Mapping[str, str]) -> dict[str, str]:
    """The values as text, by key in order."""
    return {key: _text(content[key]) for key in sorted(content)}


def value_of(content: Mapping[str, str], key: str) -> str:
    """One value as text, or as base64 for `key#base64`."""
    name = key.removesuffix("#base64")
    if name not in content:
        raise Refused(f"secret key value {quote(name)} not found")
    return content[name] if name != key else _text(content[name])


def _text(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode(errors="replace")
    except binascii.Error:
        raise Refused("illegal base64 data in secret content") from None


def expiry(text: str, now: datetime) -> datetime | None:
    """When a secret expires: a time, or a duration from now; None for no text."""
    if not text:
        return None
    if match := _TIME.fullmatch(text):
        zone = (match[3] or "Z").replace("Z", "+00:00")
        fraction = (match[2] or ".0")[:7].ljust(7, "0")
        return datetime.fromisoformat(f"{match[1]}{fraction}{zone}").astimezone(timezone.utc)
    try:
        seconds = read_duration(text)
    except ValueError:
        raise UsageError(f"expire time or duration {quote(text)} not valid") from None
    if seconds <= 0:
        raise UsageError(f"negative expire duration {quote(text)} not valid")
    return now + timedelta(seconds=seconds)
