# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The archives of all units put together into one, with a page that says what is wrong first."""
