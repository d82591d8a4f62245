# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a line of an `authorized_keys` file says: fingerprint and comment."""

import base64
import binascii
import hashlib


def fingerprint(key: str) -> str:
    """`SHA256:...` as OpenSSH shows it; ValueError for a text that is no public key."""
    words = key.split()
    if len(words) < 2 or not words[0].startswith(("ssh-", "ecdsa-", "sk-")):
        raise ValueError(f"invalid ssh key: {key}")
    try:
        blob = base64.b64decode(words[1], validate=True)
    except binascii.Error:
        raise ValueError(f"invalid ssh key: {key}") from None
    name = words[0].encode()
    if blob[: 4 + len(name)] != len(name).to_bytes(4, "big") + name:
        raise ValueError(f"invalid ssh key: {key}")
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    return f"SHA256:{digest}"


def comment(key: str) -> str:
    """What stands behind the key itself."""
    return " ".join(key.split()[2:])
