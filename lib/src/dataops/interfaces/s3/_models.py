# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What is asked for, and the fields of a bucket on the wire."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError

from dataops.objectstore import Target

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)

_LINKS = TypeAdapter(list[str])

Bucket = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
Path = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.=@+,:/-]*$", max_length=500)]


class BucketRequest(BaseModel):
    """What one related application asks for.

    Attributes:
        relation_id: where.
        application: who.
        version: `v0` takes its keys as plain text, `v1` in a secret.
        bucket: empty when any will do.
        path: what its keys begin with, in the bucket.
    """

    model_config = ConfigDict(frozen=True)

    relation_id: int
    application: str
    version: Literal["v0", "v1"]
    bucket: Bucket | Literal[""] = ""
    path: Path = ""


def target_of(bag: Mapping[str, str], keys: Mapping[str, str]) -> Target:
    """The target in a provider's bag.

    Args:
        bag: the provider's application bag.
        keys: `access-key` and `secret-key`, from the secret or from the bag.

    Raises:
        pydantic.ValidationError: when something needed is missing or of another form.
    """
    return Target.model_validate(
        {
            "kind": "s3",
            "bucket": bag.get("bucket", ""),
            "path": bag.get("path", ""),
            "endpoint": bag.get("endpoint", ""),
            "region": bag.get("region") or "us-east-1",
            "uri_style": "host" if bag.get("s3-uri-style") == "host" else "path",
            "access_key": keys.get("access-key", ""),
            "secret_key": keys.get("secret-key", ""),
            "ca_chain": chain_of(bag.get("tls-ca-chain", "")),
        }
    )


def fields_of(target: Target) -> dict[str, str]:
    """The provider's bag for a target, without its keys."""
    chain = [base64.b64encode(link.encode()).decode() for link in target.ca_chain]
    return {
        "bucket": target.bucket,
        "path": target.path,
        "endpoint": target.endpoint,
        "region": target.region,
        "s3-uri-style": target.uri_style,
        "tls-ca-chain": json.dumps(chain) if chain else "",
    }


def chain_of(text: str) -> tuple[str, ...]:
    """The PEM certificates of `tls-ca-chain`.

    Providers in the field send a JSON list or one string, of PEM or of PEM in base64.
    """
    try:
        links = _LINKS.validate_json(text)
    except ValidationError:
        links = [text]
    return tuple(found for link in links for found in _PEM.findall(_decoded(link)))


def _decoded(link: str) -> str:
    if "-----BEGIN" in link:
        return link
    try:
        return base64.b64decode(link, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
