# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Uploads a unit's archive to day2's collector, known by its certificate's fingerprint."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import http.client
import json
import ssl
import time
import urllib.parse
from pathlib import Path

from dataops.snapshot.address import Collector
from dataops.snapshot.manifest import digest

_CONNECT_SECONDS = 10
_PAUSE_SECONDS = 1.0
_TO_TRY_AGAIN = 500


class HandOverError(Exception):
    """The archive could not be handed over; the message says why."""


class _RefusedError(Exception):
    """The collector is there, and does not want this upload."""


def hand_over(archive: Path, unit: str, collector: Collector, seconds: float = 30) -> None:
    """Upload the archive; tries again until the time is up, unless it is refused.

    Args:
        archive: of the unit.
        unit: its name, such as `kafka/0`.
        collector: where to.
        seconds: how long to try.

    Raises:
        HandOverError: nobody answers there, or it is not the collector, or it refuses.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            return _upload(archive, unit, collector)
        except _RefusedError as refusal:
            raise HandOverError(f"{collector.address} refuses it: {refusal}") from None
        except (OSError, http.client.HTTPException) as error:
            if time.monotonic() + _PAUSE_SECONDS > deadline:
                reason = str(error) or type(error).__name__
                raise HandOverError(f"{collector.address} cannot be reached: {reason}") from None
        time.sleep(_PAUSE_SECONDS)


def _upload(archive: Path, unit: str, collector: Collector) -> None:
    """One attempt."""
    where = urllib.parse.urlsplit(collector.address)
    # No authority signs it: the fingerprint says whether it is the one.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection(
        where.hostname or "", where.port, timeout=_CONNECT_SECONDS, context=context
    )
    try:
        connection.connect()
        _recognise(connection, collector)
        headers = {
            "Authorization": f"Bearer {collector.token}",
            "Content-Length": str(archive.stat().st_size),
            "X-Sha256": digest(archive),
            "X-Time": datetime.datetime.now(datetime.timezone.utc).isoformat(),
        }
        path = f"/units/{unit.replace('/', '-')}"
        with archive.open("rb") as body:
            try:
                connection.request("PUT", path, body=body, headers=headers)
            except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
                # A refusal comes before the whole archive has gone out: it can still be read.
                _judge(connection.getresponse())
                raise
        _judge(connection.getresponse())
    finally:
        connection.close()


def _recognise(connection: http.client.HTTPSConnection, collector: Collector) -> None:
    """Nothing goes to anybody else.

    Raises:
        _RefusedError: it is another's certificate.
    """
    served = connection.sock.getpeercert(binary_form=True) or b""
    if not hmac.compare_digest(hashlib.sha256(served).hexdigest(), collector.fingerprint):
        raise _RefusedError("its certificate is not the one of this operation")


def _judge(answer: http.client.HTTPResponse) -> None:
    """Whether the collector took it.

    Raises:
        _RefusedError: it did not, and will not.
        OSError: it could not now.
    """
    if answer.status == http.HTTPStatus.CREATED:
        return
    try:
        reason = str(json.loads(answer.read(4096))["message"])
    except (ValueError, KeyError, TypeError):
        reason = answer.reason
    if answer.status >= _TO_TRY_AGAIN and answer.status != http.HTTPStatus.INSUFFICIENT_STORAGE:
        raise OSError(reason)
    raise _RefusedError(reason)
