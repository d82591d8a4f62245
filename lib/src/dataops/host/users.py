# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""System users, so that a workload is not root."""

import os
import pwd
import subprocess
from pathlib import Path
from typing import TypedDict

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


class Identity(TypedDict, total=False):
    """Whom `subprocess` runs a program as."""

    user: int
    group: int
    extra_groups: list[int]


def process_of(user: str | None) -> Identity:
    """What to tell `subprocess`, so that a program runs as this user and as nothing else.

    The name alone would leave it in root's groups.

    Args:
        user: what ``ensure_user`` returned.
    """
    if user is None:
        return {}
    entry = pwd.getpwnam(user)
    groups = os.getgrouplist(user, entry.pw_gid)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": groups}
