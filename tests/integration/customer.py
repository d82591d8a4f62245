# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A customer from outside the model, who goes over to new credentials as soon as there are any."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

import jubilant

from tests.integration.clients import Writing
from tools.demo import pipeline
from tools.demo.pipeline import Credentials


class Customer:
    """One application's credentials, and who writes with them.

    Args:
        juju: the model.
        application: a data-access whose credentials the customer has.
        make: makes a writer of a turn; turns are numbered from 0.

    Attributes:
        access: what it works with now.
        writers: all so far; the last one writes.
    """

    def __init__(
        self,
        juju: jubilant.Juju,
        application: str,
        make: Callable[[Credentials, int], Writing],
    ) -> None:
        self._juju, self.application, self._make = juju, application, make
        self.writers: list[Writing] = []
        self.access = pipeline.credentials(juju, application)

    def __enter__(self) -> Customer:
        self.writers.append(self._make(self.access, 0).__enter__())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.writers[-1].__exit__(kind, error, tb)

    def follow(self) -> bool:
        """Whether there were new credentials: with them another writer begins, then one ends."""
        access = pipeline.credentials(self._juju, self.application)
        if access.username == self.access.username:
            return False
        self.access = access
        self.writers.append(self._make(access, len(self.writers)).__enter__())
        self.writers[-2].__exit__(None, None, None)
        return True

    def reset(self) -> None:
        """Forget the gaps and latencies so far."""
        for writer in self.writers:
            writer.longest_gap = 0.0
            writer.latencies.clear()

    @property
    def gap_ms(self) -> float:
        """The longest time between two acknowledgements of one writer."""
        return max(writer.longest_gap for writer in self.writers) * 1000

    @property
    def p99_ms(self) -> float | None:
        """From the call to the acknowledgement, of 99 in a hundred records; None if not told."""
        took = sorted(one for writer in self.writers for one in writer.latencies)
        return took[int(0.99 * (len(took) - 1))] * 1000 if took else None
