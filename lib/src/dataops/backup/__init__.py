# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Physical backups of Kafka: what they hold, how they are taken, listed, verified and pruned.

The format is documented in docs/reference/backup-format.md, so that another program can read it.
"""
