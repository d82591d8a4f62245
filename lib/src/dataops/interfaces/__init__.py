# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""One module per relation interface: what stands in the databags, and both ends of it."""
