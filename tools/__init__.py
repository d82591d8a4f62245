# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Programs that work on the repository: packing, checking, the demo."""
