# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The value that says where objects go."""

import pytest
from pydantic import ValidationError

from dataops.objectstore import Target

KEYS = {"access_key": "an-access-key", "secret_key": "a-secret-key"}


def test_a_description_and_a_dump_hold_no_key():
    target = Target(kind="s3", bucket="b", path="/p/", endpoint="https://s3.test:9000/", **KEYS)
    assert target.describe() == "s3://b/p at https://s3.test:9000"
    for words in (target.describe(), repr(target), str(target.model_dump())):
        assert "a-secret-key" not in words
        assert "an-access-key" not in words
    assert Target(kind="s3", bucket="b", region="eu-north-1", **KEYS).describe() == (
        "s3://b at Amazon S3 (eu-north-1)"
    )
    assert Target(kind="local", directory="/var/backups/").describe() == "/var/backups"


def test_only_a_jobs_ticket_has_the_keys():
    target = Target(kind="s3", bucket="b", **KEYS)
    masked, whole = (target.model_dump_json(context=c) for c in (None, {"revealed": True}))
    assert "a-secret-key" not in masked and "an-access-key" not in masked
    assert Target.model_validate_json(whole) == target
    assert set(target.secrets().values()) == set(KEYS.values())
    assert Target(kind="local", directory="/b").secrets() == {}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"kind": "s3", "bucket": "b"}, "lacks access-key, secret-key"),
        ({"kind": "s3", **KEYS}, "lacks bucket"),
        ({"kind": "s3", "bucket": "b", "endpoint": "s3.test", **KEYS}, "is no URL"),
        ({"kind": "s3", "bucket": "b", "endpoint": "ftp://s3.test", **KEYS}, "is no URL"),
        ({"kind": "s3", "bucket": "b", "endpoint": "http://s3.test/x", **KEYS}, "only http"),
        ({"kind": "local", "directory": "backups"}, "not an absolute path"),
        ({"kind": "local"}, "no directory is given"),
    ],
)
def test_what_is_no_target_is_named(values, words):
    with pytest.raises(ValidationError, match=words) as refusal:
        Target.model_validate(values)
    assert "a-secret-key" not in str(refusal.value)
