# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The certificate that the store serves, and who is told to trust whom."""

from dataops.certificates import listing

VERB = listing("The certificate that the store serves, and until when.")
