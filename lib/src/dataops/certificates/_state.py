# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""How it stands with a unit's certificate, and what is served meanwhile. Pure."""

from __future__ import annotations

import dataclasses

from dataops.certificates._assigned import Assigned
from dataops.certificates._identity import Identity


@dataclasses.dataclass(frozen=True)
class TlsState:
    """How it stands with a unit's certificate.

    Attributes:
        wanted: whether a certificates provider is related.
        assigned: what it answered to the request of now; None while it has not.
        denied: why it refuses that request; empty when it does not.
        kept: what was served last; None when nothing was.
        now: Unix seconds.
    """

    wanted: bool = False
    assigned: Assigned | None = None
    denied: str = ""
    kept: Identity | None = None
    now: float = 0

    @property
    def identity(self) -> Identity | None:
        """What is to be served: the last good one, while there is no better."""
        if not self.wanted:
            return None
        if self.assigned and not self.assigned.objection:
            return self.assigned.identity
        return self.kept

    @property
    def awaited(self) -> bool:
        """Whether TLS is asked for and cannot be had yet."""
        return self.wanted and self.identity is None

    @property
    def overdue(self) -> bool:
        """Whether what was handed out has expired, so that nobody will renew it by itself."""
        # The library renews shortly before the end and, once it is over, never again.
        return self.assigned is not None and self.assigned.expires <= self.now

    @property
    def comes(self) -> bool:
        """Whether a certificate is there that is not valid yet: only clocks differ."""
        return self.assigned is not None and self.assigned.comes(self.now)

    @property
    def useless(self) -> bool:
        """Whether nothing but another request can get a certificate that may be served."""
        refused = self.assigned is not None and bool(self.assigned.objection)
        return bool(self.denied) or (refused and not self.comes)

    @property
    def trouble(self) -> str:
        """What only the operator of the provider can change; empty when it is nothing."""
        if self.denied:
            return f"certificate refused: {self.denied}: see the provider{self._still}"
        if self.assigned and self.useless:
            return f"new certificate not used: {self.assigned.objection}{self._still}"
        return ""

    @property
    def waiting(self) -> str:
        """What time will bring; empty when nothing is waited for."""
        if not self.wanted or self.trouble:
            return ""
        if self.assigned and self.comes:
            return f"new certificate not used yet: {self.assigned.objection}{self._still}"
        if self.assigned is None:
            return (
                "waiting for a certificate from the provider: juju status --relations"
                f"{self._still}"
            )
        return ""

    @property
    def _still(self) -> str:
        """What is served meanwhile."""
        if self.kept is None:
            return ""
        end = self.kept.leaf.not_after
        if end.timestamp() <= self.now:
            return f"; the old one expired on {end:%Y-%m-%d %H:%M}"
        return f"; the old one is served until {end:%Y-%m-%d %H:%M}"
