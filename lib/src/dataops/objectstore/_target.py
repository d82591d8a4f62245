# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Where objects go, as a value without any behaviour."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    SecretStr,
    SerializationInfo,
    field_serializer,
    field_validator,
    model_validator,
)

from dataops.objectstore._directory import Directory


class Target(BaseModel):
    """An S3 bucket, or a directory of this machine.

    Attributes:
        kind: `s3` or `local`.
        path: what every key begins with in the store, without slashes at its ends.
        directory: of kind `local`: an absolute path; it exists, as a bucket does.
        bucket: of kind `s3`.
        endpoint: of kind `s3`: `http(s)://host[:port]`; empty means Amazon's own.
        region: of kind `s3`; signed into each request.
        access_key: of kind `s3`.
        secret_key: of kind `s3`.
        uri_style: of kind `s3`: the bucket in the URL's path, or in its host name.
        ca_chain: of kind `s3`: PEM certificates to trust beside the system's own.
    """

    # What does not validate may hold a key.
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    kind: Literal["s3", "local"]
    path: str = ""
    directory: Directory = ""
    bucket: str = ""
    endpoint: str = ""
    region: str = "us-east-1"
    access_key: SecretStr = SecretStr("")
    secret_key: SecretStr = SecretStr("")
    uri_style: Literal["path", "host"] = "path"
    ca_chain: tuple[str, ...] = ()

    @field_validator("path")
    @classmethod
    def _without_ends(cls, value: str) -> str:
        return value.strip("/")

    @field_validator("endpoint")
    @classmethod
    def _a_url(cls, value: str) -> str:
        value = value.rstrip("/")
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError(f"endpoint {value!r} is no URL: give http(s)://host[:port]")
        if parts.username or parts.password or parts.path or parts.query:
            raise ValueError(f"endpoint of {parts.hostname}: only http(s)://host[:port]")
        return value

    @model_validator(mode="after")
    def _whole(self) -> Target:
        if self.kind == "local" and not self.directory:
            raise ValueError("no directory is given")
        if self.kind == "s3":
            named = {
                "bucket": self.bucket,
                "access-key": self.access_key.get_secret_value(),
                "secret-key": self.secret_key.get_secret_value(),
            }
            lacking = [name for name, value in named.items() if not value]
            if lacking:
                raise ValueError(f"the object store lacks {', '.join(lacking)}")
        return self

    @field_serializer("access_key", "secret_key")
    def _masked(self, value: SecretStr, info: SerializationInfo) -> SecretStr | str:
        """Only who says so in the context of a dump gets the keys: a job's ticket."""
        if isinstance(info.context, dict) and info.context.get("revealed"):  # pyright: ignore[reportUnknownMemberType]
            return value.get_secret_value()
        return value if info.mode == "python" else str(value)

    def secrets(self) -> dict[str, str]:
        """What nobody may read, by a name for a report."""
        found = {"access key": self.access_key, "secret key": self.secret_key}
        return {
            f"{name} of {self.describe()}": value.get_secret_value()
            for name, value in found.items()
            if value.get_secret_value()
        }

    def describe(self) -> str:
        """Where it is, for people; no credentials in it."""
        if self.kind == "local":
            return "/".join(part for part in (self.directory.rstrip("/"), self.path) if part)
        where = "/".join(part for part in (self.bucket, self.path) if part)
        return f"s3://{where} at {self.endpoint or f'Amazon S3 ({self.region})'}"
