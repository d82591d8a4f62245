# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The interface s3: a bucket, and the keys to it.

Requirer application bag: `bucket` and `path` as requests, and in v1 `requested-secrets` and
`lib-version`. Provider application bag: `bucket`, `endpoint`, `region`, `path`, `s3-uri-style`,
`tls-ca-chain` (a JSON list), and the keys: in v1 `secret-extra`, the URI of a secret that holds
`access-key` and `secret-key`; in v0 the two as plain text. Both versions are read and answered.
Ours is `accepted-users` in the requirer's unit bag: the access keys that it works with.
"""

from typing import TYPE_CHECKING, Any

from dataops.interfaces.s3._requirer import S3Requirer, store_of

if TYPE_CHECKING:
    from dataops.interfaces.s3._models import BucketRequest
    from dataops.interfaces.s3._provider import S3Provider

__all__ = ["BucketRequest", "S3Provider", "S3Requirer", "store_of"]


def __getattr__(name: str) -> Any:
    """The provider's side, which those who only store do not load."""
    if name not in __all__:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    from dataops.interfaces.s3 import _provider

    return getattr(_provider, name)
