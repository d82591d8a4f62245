# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju add-relation`: the name `integrate` had before Juju 3, which older texts still give."""

from __future__ import annotations

from onebox.commands import integrate
from onebox.commands._call import Call
from onebox.console import tell

HELP = """
Usage: juju add-relation [options] <application>[:<endpoint>] <application>[:<endpoint>]

Integrates two applications. Juju 3 and later call this "juju integrate".

    juju add-relation kafka:monitoring prometheus
"""

FLAGS = integrate.FLAGS


def run(call: Call) -> None:
    """Integrate, and say what the command is called today."""
    tell('"juju add-relation" is called "juju integrate" since Juju 3; it is done all the same.')
    integrate.run(call)
