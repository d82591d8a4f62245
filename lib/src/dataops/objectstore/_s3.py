# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Objects in a bucket of an S3-compatible store, through obstore."""

from __future__ import annotations

import collections
import contextlib
import itertools
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import obstore
from obstore.store import S3Store as Bucket

from dataops.objectstore._errors import StoreError
from dataops.objectstore._pace import Pace
from dataops.objectstore._refusals import named
from dataops.objectstore._store import (
    Bytes,
    Source,
    Store,
    Stored,
    checked,
    in_memory,
    pieces,
    same_size,
)
from dataops.objectstore._target import Target

if TYPE_CHECKING:
    from obstore import ObjectMeta

_PART = 8 << 20
# Smaller than a part: the client holds each of them twice while it comes.
_RANGE = 4 << 20
# On their way at once: with the one at hand, less than 48 MB in memory.
_AT_ONCE = 4
# Amazon's limit is 10,000 parts in an object.
_PARTS = 9_000
_BATCH = 900
# What is in memory goes up in one request, up to this size: parts cost the store as much again.
_WHOLE = 32 << 20


class S3Store(Store):
    """A bucket. Big objects go up in parts and come down in ranges, several at once."""

    def __init__(self, target: Target, patience: timedelta) -> None:
        super().__init__(target)
        self._bucket = _bucket(target, patience)
        self._seen = False

    def put(
        self,
        key: str,
        source: Source,
        *,
        pace: Pace | None = None,
        once: bool = False,
        settled: bool = True,
    ) -> Stored:
        """See `Store.put`; what a store has answered for is settled."""
        checked(key)
        part = _PART
        if isinstance(source, Path):
            part = max(_PART, -(-source.stat().st_size // _PARTS))
        if once and (there := self.head(key)) and same_size(there, source):
            return there
        with self._named(key):
            at_once = max(1, _AT_ONCE * _PART // part)
            content: Any = source
            if pace or not isinstance(source, (Path, bytes, memoryview)):
                content = _whole_if_small(pieces(source, pace))
            held = in_memory(content)
            whole = held is not None and len(held) <= _WHOLE
            obstore.put(
                self._bucket,
                self._at(key),
                content,
                use_multipart=False if whole else None,
                chunk_size=part,
                max_concurrency=at_once,
            )
        stored = self.head(key)
        if stored is None:
            raise StoreError(f"{self.target.describe()} took {key} and does not have it")
        return stored

    def settle(self) -> None:
        """See `Store.settle`; nothing is left to do."""

    def head(self, key: str) -> Stored | None:
        """See `Store.head`."""
        checked(key)
        with self._named(key):
            try:
                return self._stored(obstore.head(self._bucket, self._at(key)))
            except FileNotFoundError:
                # The answer to HEAD has no body that would say what is missing.
                self._bucket_there()
                return None

    def list(self, prefix: str = "") -> Iterator[Stored]:
        """See `Store.list`."""
        prefix = prefix.strip("/")
        with self._named(prefix):
            below = self._at(checked(prefix)) if prefix else self.target.path
            yield from map(self._stored, _listed(self._bucket, below or None))

    def parts(self, prefix: str = "") -> list[str]:
        """See `Store.parts`."""
        prefix = prefix.strip("/")
        with self._named(prefix):
            below = self._at(checked(prefix)) if prefix else self.target.path
            # Typed here: the client's own declaration names a library that is not needed.
            found: Any = obstore.list_with_delimiter(self._bucket, below or None)  # pyright: ignore[reportUnknownMemberType]
        names: list[str] = found["common_prefixes"]
        return sorted(name.rstrip("/").rpartition("/")[2] for name in names)

    def delete(self, keys: str | Iterable[str]) -> None:
        """See `Store.delete`."""
        several = iter([keys] if isinstance(keys, str) else keys)
        self._bucket_there()
        while batch := [self._at(checked(key)) for key in itertools.islice(several, _BATCH)]:
            with self._named(batch[0]), contextlib.suppress(FileNotFoundError):
                obstore.delete(self._bucket, batch)

    def _read(self, stored: Stored, start: int, pace: Pace | None) -> Iterator[bytes]:
        size = pace.piece(_RANGE) if pace else _RANGE
        at = self._at(stored.key)

        def ranged(begin: int) -> bytes:
            end = min(begin + size, stored.size)
            options: Any = {"range": (begin, end)}
            if stored.version:
                options["if_match"] = stored.version
            with self._named(stored.key):
                return bytes(obstore.get(self._bucket, at, options=options).bytes())

        # Ranges and not one stream: each is tried again by itself, and waits as long as it likes.
        begins = iter(range(start, stored.size, size))
        coming: collections.deque[Future[bytes]] = collections.deque()
        with ThreadPoolExecutor(_AT_ONCE - 1) as threads:
            try:
                for begin in itertools.islice(begins, _AT_ONCE - 1):
                    coming.append(threads.submit(ranged, begin))
                while coming:
                    piece = coming.popleft().result()
                    if pace:
                        pace.take(len(piece))
                    for begin in itertools.islice(begins, 1):
                        coming.append(threads.submit(ranged, begin))
                    yield piece
            finally:
                for future in coming:
                    future.cancel()

    # The client's own prefix is not used: its answers name keys now with it and now without.
    def _at(self, key: str) -> str:
        return f"{self.target.path}/{key}" if self.target.path else key

    def _stored(self, meta: ObjectMeta) -> Stored:
        path = self.target.path
        key = meta["path"][len(path) + 1 :] if path else meta["path"]
        return Stored(key, meta["size"], meta["last_modified"], meta["e_tag"] or "")

    def _bucket_there(self) -> None:
        """Return when the bucket exists.

        Raises:
            NoBucket: when it does not.
        """
        if self._seen:
            return
        with self._named(""):
            next(_listed(self._bucket, "probe"), None)
        self._seen = True

    @contextlib.contextmanager
    def _named(self, key: str) -> Generator[None]:
        try:
            yield
        except (obstore.exceptions.BaseError, FileNotFoundError) as error:
            if getattr(error, "errno", None):
                # The system's own: a source that is not there says nothing of the store.
                raise
            raise named(str(error), self.target, key) from None


def _listed(bucket: Bucket, prefix: str | None) -> Iterator[ObjectMeta]:
    # Typed here: the client's own declaration names a library that is not needed.
    pages: Iterable[Sequence[ObjectMeta]] = obstore.list(bucket, prefix, chunk_size=1000)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return itertools.chain.from_iterable(pages)


def _whole_if_small(content: Iterator[Bytes]) -> bytes | Iterator[Bytes]:
    """The content at once if it is less than a part: one request instead of three."""
    first: list[Bytes] = []
    length = 0
    for piece in content:
        first.append(piece)
        length += len(piece)
        if length >= _PART:
            return itertools.chain(first, content)
    return b"".join(first)


def _bucket(target: Target, patience: timedelta) -> Bucket:
    config: dict[str, Any] = {
        "access_key_id": target.access_key.get_secret_value(),
        "secret_access_key": target.secret_key.get_secret_value(),
        "region": target.region,
        "virtual_hosted_style_request": target.uri_style == "host",
    }
    if target.endpoint:
        config["endpoint"] = _endpoint(target)
    client: dict[str, Any] = {
        "allow_http": target.endpoint.startswith("http://"),
        "connect_timeout": timedelta(seconds=5),
        "read_timeout": timedelta(seconds=60),
        # A part over a slow line takes its time; a line that stands still is noticed above.
        "timeout": timedelta(hours=1),
    }
    if target.ca_chain:
        client["root_certificate"] = "\n".join(target.ca_chain)
    retry: Any = {
        # Time decides: the pauses are drawn by lot, so that a number of them says little of it.
        "max_retries": 10_000,
        "retry_timeout": patience,
        "backoff": {
            "init_backoff": timedelta(milliseconds=200),
            "max_backoff": timedelta(seconds=10),
            "base": 2,
        },
    }
    return Bucket(
        target.bucket,
        config=config,  # pyright: ignore[reportArgumentType]
        client_options=client,  # pyright: ignore[reportArgumentType]
        retry_config=retry,
    )


def _endpoint(target: Target) -> str:
    """With the bucket in its host name, if the store wants it there."""
    if target.uri_style == "path":
        return target.endpoint
    parts = urlsplit(target.endpoint)
    return f"{parts.scheme}://{target.bucket}.{parts.netloc}"
