# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Storage directives: `data=2,10G` asks for two instances of 10 GiB each."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from onebox.errors import Refused
from onebox.flags import quote
from onebox.sizes import mebibytes

_POOL = re.compile(r"[a-zA-Z]+[-?a-zA-Z0-9]*")
_COUNT = re.compile(r"-?[0-9]+")


@dataclass(frozen=True)
class Directive:
    """What one asks for; size in MiB; None where it does not say."""

    pool: str = ""
    count: int | None = None
    size: int | None = None


def read(text: str) -> Directive:
    """`[pool,][count,][size]`, in any order; Refused when it is none."""
    found = Directive()
    for part in filter(None, text.split(",")):
        found = _with(found, part)
    if found == Directive():
        raise Refused("storage directives require at least one field to be specified")
    return found


def _with(before: Directive, part: str) -> Directive:
    """A directive that says one thing more."""
    if _POOL.fullmatch(part):
        _once("pool name", before.pool and quote(before.pool), quote(part))
        return replace(before, pool=part)
    if _COUNT.fullmatch(part):
        if int(part) < 1:
            reason = f"count must be greater than zero, got {quote(part)}"
            raise Refused(f"parsing storage count: {reason}")
        _once("storage instance count", before.count, int(part))
        return replace(before, count=int(part))
    size = mebibytes(part)
    if size is None:
        raise Refused(f"unrecognized storage directive {quote(part)} not valid")
    _once("storage size", before.size, size)
    return replace(before, size=size)


def _once(noun: str, before: object, now: object) -> None:
    if before:
        raise Refused(f"{noun} is already set to {before}, new value {now} not valid")


def by_name(words: Sequence[str]) -> Mapping[str, Directive]:
    """The directives of `name[=directive]` each, by name in order; one that is bare counts 1."""
    found: dict[str, Directive] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not name or "=" in text:
            raise Refused(f'expected "name=directive" or "name", got "{word}"')
        if name in found:
            raise Refused(f'storage "{name}" specified more than once')
        try:
            found[name] = read(text if equals else "1")
        except Refused as error:
            reason = f'cannot parse directive for storage "{name}": {error.message}'
            raise Refused(reason) from None
    return dict(sorted(found.items()))
