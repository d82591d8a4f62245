# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Integrates two applications. Juju 3 and later call this "juju integrate".

Examples:
    juju add-relation kafka:monitoring prometheus
"""

from onebox.commands import integrate
from onebox.commands._call import Call
from onebox.console import tell

FLAGS = integrate.FLAGS
TAKES = integrate.TAKES


def run(call: Call) -> None:
    """Integrate, and say what the command is called today."""
    tell('"juju add-relation" is called "juju integrate" since Juju 3; it is done all the same.')
    integrate.run(call)
