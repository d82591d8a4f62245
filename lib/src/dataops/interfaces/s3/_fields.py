# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What both sides write the same."""

#: What a v1 requirer wants to have in a secret.
SECRET_FIELDS = ("access-key", "secret-key")
#: The version of the published library whose bytes these are.
LIB_VERSION = "1.0"
