# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""s3: our two sides with each other, and each with the published shapes of both versions."""

import dataclasses
import json
import pathlib
from typing import Literal

import ops
import pydantic
import pytest
from ops import testing

from dataops.interfaces.s3 import S3Provider, S3Requirer, store_of
from dataops.objectstore import Target
from tests.interface.wire import Bag, Side, decoded, talk

RECORDED = json.loads(pathlib.Path(__file__).with_name("recorded_s3.json").read_text())
PEM = "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----"
SECRET = "the-secret-key-of-{}"


class Requirer(ops.CharmBase):
    """Stores in the first bucket that it is given."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        self.s3 = S3Requirer(self, "wire")
        framework.observe(self.on.update_status, self._ask)

    def _ask(self, _: ops.EventBase) -> None:
        self.s3.publish()


class Provider(ops.CharmBase):
    """Answers everybody with the bucket that is asked for."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        framework.observe(self.on.update_status, self._answer)

    def _answer(self, _: ops.EventBase) -> None:
        provider = S3Provider(self, "wire")
        for request in provider.requests():
            target = Target(
                kind="s3",
                bucket=request.bucket or "own",
                path=request.path,
                endpoint="https://10.0.0.1:9000",
                access_key=pydantic.SecretStr("AKID"),
                secret_key=pydantic.SecretStr(SECRET.format(request.relation_id)),
                ca_chain=(PEM.format("OURS"),),
            )
            provider.answer(request, target)


class PublishedProvider(Bag):
    """What both versions of the published schema say of a provider, keys left out."""

    bucket: str
    path: str | None = None
    endpoint: str | None = None
    region: str | None = None
    s3_uri_style: Literal["path", "host"] | None = pydantic.Field(None, alias="s3-uri-style")
    tls_ca_chain: list[str] | None = pydantic.Field(None, alias="tls-ca-chain")


class PublishedV0(PublishedProvider):
    """Keys as plain text."""

    access_key: str = pydantic.Field(alias="access-key")
    secret_key: str = pydantic.Field(alias="secret-key")


class PublishedV1(PublishedProvider):
    """Keys in a secret."""

    secret_extra: str = pydantic.Field(alias="secret-extra")
    lib_version: str = pydantic.Field(alias="lib-version")


class PublishedRequirerV1(Bag):
    """What a v1 requirer writes."""

    bucket: str | None = None
    path: str | None = None
    lib_version: str = pydantic.Field(alias="lib-version")
    requested_secrets: list[str] = pydantic.Field(alias="requested-secrets")


def sides() -> tuple[Side, Side]:
    return Side(Requirer, "requires", "s3", "kafka"), Side(Provider, "provides", "s3", "store")


def found(side: Side, leader: bool = True) -> tuple[Target | None, str]:
    """What the requirer makes of what it sees."""
    state = dataclasses.replace(side.state(), leader=leader)
    with side.context(side.context.on.update_status(), state) as manager:
        return manager.charm.s3.target(), manager.charm.s3.trouble()


def told(bag: str, secret: dict[str, str] | None = None) -> Side:
    """A requirer that was answered as recorded."""
    side, _ = sides()
    side.hear_bags("s3-integrator", RECORDED[bag], {0: {}})
    if secret:
        uri = RECORDED[bag]["secret-extra"]
        side.secrets = frozenset([testing.Secret(secret, id=uri)])
    return side


def test_our_two_sides_understand_each_other():
    requirer, provider = sides()
    talk(requirer, provider)
    target, trouble = found(requirer)
    assert trouble == ""
    assert target is not None
    assert target.describe() == "s3://dataops at https://10.0.0.1:9000"
    assert target.secret_key.get_secret_value() == "the-secret-key-of-7"
    assert target.ca_chain == (PEM.format("OURS"),)
    assert found(requirer, leader=False)[0] == target


def test_a_unit_says_which_key_it_works_with():
    requirer, provider = sides()
    talk(requirer, provider)
    state = provider.state()
    with provider.context(provider.context.on.update_status(), state) as manager:
        s3 = S3Provider(manager.charm, "wire")
        (relation,) = manager.charm.model.relations["wire"]
        accepted = s3.accepted(relation.id)
        assert s3.accepted(99) == {}
    assert list(accepted.values()) == [frozenset({"AKID"})]


@pytest.mark.parametrize(("busy", "users"), [(False, {"AKID"}), (True, {"AKID", "EARLIER"})])
def test_what_works_on_with_an_earlier_key_keeps_it(busy, users):
    requirer, provider = sides()
    talk(requirer, provider)
    (relation,) = requirer.state().relations
    bag = {**relation.local_unit_data, "accepted-users": json.dumps(["EARLIER"])}
    before = dataclasses.replace(relation, local_unit_data=bag)
    state = dataclasses.replace(requirer.state(), relations={before})
    with requirer.context(requirer.context.on.update_status(), state) as manager:
        manager.charm.s3.publish(busy=busy)
        (found,) = manager.charm.model.relations["wire"]
        assert set(json.loads(found.data[manager.charm.unit]["accepted-users"])) == users


def test_what_we_write_is_what_was_published():
    requirer, provider = sides()
    talk(requirer, provider)
    asked = decoded(requirer.relation.local_app_data, ["requested-secrets"])
    assert PublishedRequirerV1.model_validate(asked).requested_secrets == [
        "access-key",
        "secret-key",
    ]
    answered = decoded(provider.relation.local_app_data, ["tls-ca-chain"])
    PublishedV1.model_validate(answered)
    # No key of any kind in the databag.
    assert "the-secret-key" not in json.dumps(dict(provider.relation.local_app_data))
    assert "AKID" not in json.dumps(dict(provider.relation.local_app_data))


def test_an_old_requirer_is_answered_in_plain_text():
    _, provider = sides()
    provider.hear_bags("mysql", RECORDED["requirer-v0"], {0: {}})
    provider.wake()
    answered = decoded(provider.relation.local_app_data, ["tls-ca-chain"])
    plain = PublishedV0.model_validate(answered)
    assert (plain.bucket, plain.access_key, plain.secret_key) == (
        "relation-7",
        "AKID",
        "the-secret-key-of-7",
    )
    assert not provider.secrets


def test_an_old_requirer_may_ask_through_its_unit():
    _, provider = sides()
    provider.hear_bags("mysql", {}, {0: {"bucket": "from-a-unit"}})
    provider.wake()
    assert provider.relation.local_app_data["bucket"] == "from-a-unit"


def test_a_published_requirer_of_v1_is_answered_with_a_secret():
    _, provider = sides()
    provider.hear_bags("postgresql", RECORDED["requirer-v1"], {0: {}})
    provider.wake()
    PublishedV1.model_validate(decoded(provider.relation.local_app_data, ["tls-ca-chain"]))
    assert provider.relation.local_app_data["bucket"] == "wanted"
    (secret,) = provider.secrets
    assert dict(secret.latest_content or {}) == {
        "access-key": "AKID",
        "secret-key": "the-secret-key-of-7",
    }


def test_a_requirer_that_learns_the_new_version_has_its_plain_keys_taken_back():
    _, provider = sides()
    provider.hear_bags("postgresql", RECORDED["requirer-v0"], {0: {}})
    provider.wake()
    provider.hear_bags("postgresql", RECORDED["requirer-v1"], {0: {}})
    provider.wake()
    assert not {"access-key", "secret-key"} & set(provider.relation.local_app_data)


def test_what_cannot_be_a_bucket_is_refused_by_name():
    _, provider = sides()
    provider.hear_bags("mysql", {"bucket": "Not A Bucket"}, {0: {}})
    with provider.context(provider.context.on.update_status(), provider.state()) as manager:
        s3 = S3Provider(manager.charm, "wire")
        assert s3.requests() == ()
        (reason,) = s3.refusals()
    assert reason == "relation 7 with mysql: no store takes bucket 'Not A Bucket'"


def test_a_recorded_provider_of_v0_is_read():
    target, trouble = found(told("v0"))
    assert trouble == ""
    assert target is not None
    assert target.describe() == "s3://team-backups/dataops/prod at https://s3.example.com"
    assert (target.region, target.uri_style) == ("eu-central-1", "host")
    assert target.access_key.get_secret_value() == "AKIDV0"
    assert target.ca_chain == (PEM.format("ONE"), PEM.format("TWO"))


def test_a_recorded_provider_of_v1_is_read():
    keys = {"access-key": "AKIDV1", "secret-key": "sesame-v1"}
    target, _ = found(told("v1", keys))
    assert target is not None
    assert target.secret_key.get_secret_value() == "sesame-v1"
    assert target.ca_chain == (PEM.format("ONE"),)
    assert target.uri_style == "path"


def test_a_secret_that_is_not_granted_yet_is_waited_for():
    assert found(told("v1")) == (None, "")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"bucket": ""}, "the object store lacks bucket"),
        ({"secret-key": ""}, "lacks secret-key"),
        ({"endpoint": "s3.example.com"}, "endpoint 's3.example.com' is no URL"),
    ],
)
def test_an_answer_that_is_not_whole_is_named_without_its_keys(change, words):
    side, _ = sides()
    side.hear_bags("s3-integrator", {**RECORDED["v0"], **change}, {0: {}})
    target, trouble = found(side)
    assert target is None
    assert trouble.startswith("s3-integrator: ") and words in trouble
    assert "sesame" not in trouble


def test_the_relation_goes_before_the_directory():
    side, _ = sides()
    with side.context(side.context.on.update_status(), side.state()) as manager:
        assert store_of(manager.charm.s3, "/backups") == (
            None,
            "the object store has not answered",
        )
    alone = dataclasses.replace(side.state(), relations=[])
    with side.context(side.context.on.update_status(), alone) as manager:
        local, trouble = store_of(manager.charm.s3, "/backups")
        assert local == Target(kind="local", directory="/backups") and trouble == ""
        assert store_of(manager.charm.s3, "") == (None, "")
