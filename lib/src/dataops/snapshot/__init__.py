# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a post-mortem needs of every unit: collected, freed of secrets, handed over, put together.

A unit's charm says what there is (`collect`) and every secret that it knows (`redact`); its job
packs both into one archive (`package`) and uploads it (`hand_over`) to the process that day2
runs for it (`collector`). Nothing of this is loaded by an ordinary hook.
"""
