# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A machine as Juju has it: booted by systemd, ours alone, and here without any network."""
