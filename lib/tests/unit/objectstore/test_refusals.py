# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a store's answer means; the words are those of the client and of real stores."""

import pytest

from dataops.objectstore import Full, Missing, NoBucket, Refused, StoreError, Target, Unreachable
from dataops.objectstore._refusals import named

TARGET = Target(
    kind="s3", bucket="b", endpoint="http://s3.test", access_key="AKID", secret_key="a-secret-key"
)


def answered(status, code=""):
    body = f"<Error><Code>{code}</Code><StringToSign>a-secret-key</StringToSign></Error>"
    return f"Error performing PUT in 3ms - Server returned non-2xx status code: {status}: {body}"


@pytest.mark.parametrize(
    ("words", "kind", "told"),
    [
        (answered("404 Not Found", "NoSuchBucket"), NoBucket, "there is no bucket b"),
        (answered("404 Not Found", "NoSuchKey"), Missing, "has no object k"),
        (answered("403 Forbidden", "InvalidAccessKeyId"), Refused, "does not accept our keys"),
        (answered("403 Forbidden", "SignatureDoesNotMatch"), Refused, "does not accept our keys"),
        (answered("403 Forbidden", "RequestTimeTooSkewed"), Refused, "finds our clock wrong"),
        (answered("403 Forbidden", "AccessDenied"), Refused, "does not let us have k"),
        (answered("401 Unauthorized"), Refused, "does not accept our keys"),
        (answered("412 Precondition Failed", "PreconditionFailed"), StoreError, "was replaced"),
        (answered("507 Insufficient Storage"), Full, "No room in"),
        (answered("500", "XMinioStorageFull"), Full, "No room in"),
        (answered("500 Internal Server Error", "InternalError"), StoreError, "InternalError; see"),
        ('ConnectError("dns error", ...)', Unreachable, "nobody knows this host name"),
        ("code: 111, kind: ConnectionRefused", Unreachable, "nothing listens there"),
        ("source: TimedOut", Unreachable, "no answer in time"),
        ("InvalidCertificate(UnknownIssuer)", Unreachable, "signed by nobody that we trust"),
        ("InvalidCertificate(NotValidForName)", Unreachable, "not made out to this name"),
        ("InvalidCertificate(Expired)", Unreachable, "compare the clocks"),
        ("InvalidMessage(InvalidContentType)", Unreachable, "does not speak TLS"),
        ("connection closed before message completed", Unreachable, "the connection broke"),
    ],
)
def test_every_answer_has_a_kind_and_a_next_move_and_no_secret(words, kind, told):
    found = named(words, TARGET, "k")
    assert type(found) is kind
    assert told in str(found) and TARGET.describe() in str(found)
    assert "a-secret-key" not in str(found)
