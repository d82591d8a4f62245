# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Which port belongs to what.

Fixed, so that people and Prometheus find it; no two units or jobs of the application have the
same, so that units may share a machine.
"""

import dataclasses

# Spark serves a page over TLS so far above its port unless it is told where, and leads who comes
# to the port itself there.
_SECURE = 400


def secure(port: int) -> int:
    """Where the page of that port is served over TLS; the port itself then only leads there."""
    return port + _SECURE


@dataclasses.dataclass(frozen=True)
class Ports:
    """The ports of one application.

    Attributes:
        offset: added to every port, for a second application on the same machine.
    """

    offset: int = 0

    @property
    def master(self) -> int:
        """Where workers and drivers register."""
        return 7077 + self.offset

    @property
    def master_ui(self) -> int:
        """The master's pages and metrics."""
        return 8080 + self.offset

    @property
    def history(self) -> int:
        """The pages of what has run."""
        return 18080 + self.offset

    def worker(self, unit: int) -> int:
        """Where the master reaches the worker of the unit with this number."""
        return 7100 + unit + self.offset

    def worker_ui(self, unit: int) -> int:
        """That worker's pages and metrics."""
        return 8100 + unit + self.offset

    def driver_ui(self, slot: int) -> int:
        """The pages and metrics of the job in this slot."""
        return 4040 + slot + self.offset

    def job_metrics(self, slot: int) -> int:
        """How far the job in this slot is; with TLS or without, the same port."""
        return 4540 + slot + self.offset
