# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""From facts to statuses, each with the operator's next move. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import ops

from observed import Observed
from root import base_name
from roots import Phase


def statuses(observed: Observed) -> Iterator[ops.StatusBase]:
    """Every status that holds; the worst of them is shown."""
    app = observed.application
    for problem in observed.config_problems:
        option = problem.partition(" ")[0]
        yield ops.BlockedStatus(f"Option {problem}; set it: juju config {app} {option}=...")
    if observed.root is None and not observed.config_problems:
        yield ops.WaitingStatus(f"Waiting for the leader to make the root: juju status {app}")
    yield ops.ActiveStatus("; ".join(_remarks(observed)))


def _remarks(observed: Observed) -> Iterator[str]:
    """What is worth knowing: the first words are the shown ones."""
    for name in observed.unreadable:
        yield f"{name} sends a request that cannot be read: check its charm"
    for reason in observed.refused:
        yield f"refused {reason}"
    roots, root, config = observed.roots, observed.root, observed.config
    if roots and roots.phase is not Phase.SETTLED:
        yield (
            f"the root is being replaced ({roots.phase.value}): juju run day2/leader replace-ca, "
            f"or juju run {observed.application}/leader replace-ca"
        )
    if root and config and base_name(root.common_name) != base_name(config.ca_common_name):
        yield f"the root keeps the name {root.common_name!r}: deploy another for another name"
    if observed.leader and root:
        yield f"{len(observed.issued)} issued; root until {root.expires:%Y-%m-%d}"
