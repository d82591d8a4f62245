# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The demo: deploys the bundle, feeds real flights, and compares what comes out."""
