# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The certificate that each page of this unit serves, and who is told to trust whom."""

from dataops.certificates import listing

VERB = listing("The certificate that each page of this unit serves, and until when.")
