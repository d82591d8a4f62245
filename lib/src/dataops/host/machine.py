# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Whose machine this is: it decides how much of it a unit may claim."""

import os
from pathlib import Path

_AGENTS = Path("/var/lib/juju/agents")


def is_ours(charm_dir: Path | None = None) -> bool:
    """Whether Juju gave this whole machine to its units, and we are root on it.

    Then system users, systemd units and packages are ours to make. A unit that lives in a private
    tree instead (onebox keeps several machines on one host) leaves nothing behind outside it.

    Args:
        charm_dir: the charm's directory; by default the one the hook's environment names.
    """
    place = charm_dir or Path(os.environ.get("JUJU_CHARM_DIR", "/"))
    return os.geteuid() == 0 and _AGENTS in place.parents
