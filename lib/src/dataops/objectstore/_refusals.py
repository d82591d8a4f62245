# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What an S3 store's answer means; pure.

The client's own words hold what the store sent, which may be what it calculated from our key:
nothing of them but the code of the error is told.
"""

from __future__ import annotations

import re

from dataops.objectstore._errors import Full, Missing, NoBucket, Refused, StoreError, Unreachable
from dataops.objectstore._target import Target

_CODE = re.compile(r"<Code>([A-Za-z0-9.]+)</Code>")
_STATUS = re.compile(r"(?:status code|status): (\d{3})")
_FULL = ("No space left on device", "Disk quota exceeded", "XMinioStorageFull", "QuotaExceeded")
_NOT_THE_STORE = (
    (("UnknownIssuer", "CaUsedAsEndEntity"), "its certificate is signed by nobody that we trust; "
     "give the store's CA with the relation (tls-ca-chain)"),
    (("NotValidForName",), "its certificate is not made out to this name"),
    (("Expired", "NotValidYet"), "its certificate is not valid now; compare the clocks"),
    (("InvalidContentType",), "it does not speak TLS; the endpoint may begin with http://"),
    (("dns error", "failed to lookup"), "nobody knows this host name"),
    (("ConnectionRefused",), "nothing listens there; start the store, or correct the endpoint"),
    (("TimedOut", "timed out", "Timeout"), "no answer in time; look at the network between"),
)  # fmt: skip
_CLOCK = ("RequestTimeTooSkewed", "RequestExpired")
_KEYS = ("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken")


def named(words: str, target: Target, key: str) -> StoreError:
    """The error that these words of the client tell of.

    Args:
        words: the client's account of what happened.
        target: which store.
        key: which object; empty when all are meant.
    """
    where = target.describe()
    code, status = _first(_CODE, words), _first(_STATUS, words)
    if code == "NoSuchBucket":
        return NoBucket(f"{where}: there is no bucket {target.bucket}; make it, or name another")
    if any(sign in words for sign in _FULL) or status == "507":
        return Full(f"No room in {where} for {key}: free some, and start again")
    if code in _CLOCK:
        return Refused(f"{where} finds our clock wrong ({code}): compare it with the store's")
    if code in _KEYS or status == "401":
        return Refused(f"{where} does not accept our keys ({code or status}): correct them there "
                       "where the relation's credentials come from")  # fmt: skip
    if status == "403":
        return Refused(f"{where} does not let us have {key or 'its list'} ({code or status}): "
                       "correct the keys, or what they may do")  # fmt: skip
    if status == "412":
        return StoreError(f"{key} in {where} was replaced while it was read: read it again")
    if status == "404":
        return Missing(f"{where} has no object {key}")
    if status:
        return StoreError(
            f"{where} fails with {key or 'its list'}: {code or status}; see its log, and whether "
            "its disk is full, which some stores do not say"
        )
    return Unreachable(f"Cannot reach {where}: {_why(words)}")


def _why(words: str) -> str:
    for signs, meaning in _NOT_THE_STORE:
        if any(sign in words for sign in signs):
            return meaning
    return "the connection broke; look at the store's log and at the network between"


def _first(pattern: re.Pattern[str], words: str) -> str:
    found = pattern.search(words)
    return found.group(1) if found else ""
