# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""System users, so that a workload is not root."""

import pwd
import subprocess
from pathlib import Path

from dataops.host.machine import is_ours


def ensure_user(name: str, charm_dir: Path | None = None) -> str | None:
    """The system user to run a workload as; None where everything runs as oneself.

    A user is made only by root on a machine that is Juju's own: elsewhere it would outlive the
    unit, and could not reach a tree below somebody's home.

    Args:
        name: the user's and its group's name.
        charm_dir: as for ``machine.is_ours``.
    """
    if not is_ours(charm_dir):
        return None
    try:
        pwd.getpwnam(name)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--no-create-home"]
        command += ["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", name]
        subprocess.run(command, check=True, capture_output=True, text=True)
    return name
