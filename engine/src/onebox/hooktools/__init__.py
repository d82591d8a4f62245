# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The hook tools: what a charm asks of the engine while one of its hooks runs."""
