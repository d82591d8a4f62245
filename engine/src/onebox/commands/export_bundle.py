# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Would print the model as a bundle, which Juju 4.0 cannot do: it is refused in its words.

Examples:
    juju export-bundle
"""

from onebox.commands._call import Call
from onebox.errors import Refused
from onebox.flags import option, switch

FILENAME = option("filename", help="Bundle file")
DEFAULTS = switch("include-charm-defaults", help="Whether to include charm config default values")

FLAGS = (FILENAME, DEFAULTS)


def run(call: Call) -> None:
    """Refuse it."""
    server = "Juju 4.0 doesn't support exporting bundles (not implemented)"
    raise Refused(
        f"\njuju client not compatible with server: {server}\n"
        "re-install your juju client to match the version running on the controller"
    )
