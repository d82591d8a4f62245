# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The root that signs, and while one takes another's place the other one as well. Pure.

A replacement has three phases, so that nobody ever meets a certificate that he does not trust:
the next root is introduced, and everybody is told to trust both; it signs, and what it signs comes
with a certificate by which the old root vouches for it; the old one is dropped.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterator, Mapping

from dataops.certificates import Certificate, parse
from root import Root


class Phase(str, enum.Enum):
    """How far a replacement is."""

    SETTLED = "settled"
    INTRODUCED = "introduced"
    SWITCHED = "switched"


@dataclasses.dataclass(frozen=True)
class Bundle:
    """How a certificate is handed out: with its root, and a chain from the certificate upwards."""

    ca: str
    chain: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Roots:
    """Every root that counts.

    Attributes:
        current: the one that signs.
        next: the one that will; None unless it is introduced.
        old: the certificate of the one that did, PEM; empty unless another has taken its place.
            Its key is gone.
        cross: by which the old one vouches for the current one, PEM; empty like `old`.
        reverse: by which the newer of two vouches for the older one, PEM; empty while there is
            one. So a chain can end in a root that did not sign, and still be in order: some
            servers take no other.
    """

    current: Root
    next: Root | None = None
    old: str = ""
    cross: str = ""
    reverse: str = ""

    @property
    def phase(self) -> Phase:
        """How far a replacement is."""
        if self.old:
            return Phase.SWITCHED
        return Phase.INTRODUCED if self.next else Phase.SETTLED

    @property
    def newest(self) -> Root:
        """The one that stays."""
        return self.next or self.current

    def bundle(self, certificate: str) -> Bundle:
        """How a certificate that was signed here is to be handed out now."""
        (leaf,) = parse(certificate)
        current = self.current.certificate
        if self.by_old(leaf):
            return _bundle(self.old, leaf, self.reverse, current)
        if self.old:
            return _bundle(current, leaf, self.cross, self.old)
        if self.next:
            return _bundle(current, leaf, self.reverse, self.next.certificate)
        return _bundle(current, leaf, current)

    def by_old(self, leaf: Certificate) -> bool:
        """Whether the old root signed it."""
        return bool(self.old) and any(leaf.issued_by(one) for one in parse(self.old))

    def to_content(self) -> dict[str, str]:
        """As they are kept in a secret."""
        return {key: text for key, text in self._content() if text}

    @classmethod
    def from_content(cls, content: Mapping[str, str]) -> Roots:
        """What is kept in a secret."""
        coming = content.get("next-certificate")
        return cls(
            current=Root(content["certificate"], content["private-key"]),
            next=Root(coming, content["next-private-key"]) if coming else None,
            old=content.get("old-certificate", ""),
            cross=content.get("cross-certificate", ""),
            reverse=content.get("reverse-certificate", ""),
        )

    def _content(self) -> Iterator[tuple[str, str]]:
        yield "certificate", self.current.certificate
        yield "private-key", self.current.private_key
        if self.next:
            yield "next-certificate", self.next.certificate
            yield "next-private-key", self.next.private_key
        yield "old-certificate", self.old
        yield "cross-certificate", self.cross
        yield "reverse-certificate", self.reverse


def _bundle(ca: str, leaf: Certificate, *above: str) -> Bundle:
    return Bundle(ca.strip(), tuple(text.strip() for text in (leaf.pem, *above)))
