# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""What goes wrong at the workload; the operator can mend each, and the message says how.

Where a message needs the application's name it says `<application>`; who shows it fills it in.
"""

from dataops.operations import OperationError


class BridgeError(OperationError):
    """The workload cannot be brought where the plan wants it; names the next move."""


class InstallError(BridgeError):
    """Prometheus cannot be had from anywhere."""


class ApiError(BridgeError):
    """Prometheus does not answer, or refuses what was asked."""
