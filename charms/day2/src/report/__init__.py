# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What every report shares: one document, from it one page; signed, and chained to the last."""
