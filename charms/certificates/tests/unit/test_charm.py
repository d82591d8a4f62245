# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The charm, from hook to databag."""

import json
import ssl

import pytest
from charmlibs.interfaces.tls_certificates import (
    CertificateRequestAttributes,
    KeyAlgorithm,
    TLSCertificatesRequiresV4,
)
from ops import CharmBase, testing
from samples import CHARM, signing_request

import authority
from charm import CertificatesCharm
from dataops.host.paths import UnitPaths
from dataops.jobs import Jobs
from dataops.testing import FakeServices

ENDPOINT = "certificates"


@pytest.fixture
def services(monkeypatch, tmp_path) -> FakeServices:
    """Those of the unit."""
    fake, paths = FakeServices(), UnitPaths(tmp_path / "workload")
    monkeypatch.setattr(Jobs, "of", lambda charm: Jobs(paths, fake, charm.unit.name))
    return fake


@pytest.fixture
def context(services) -> testing.Context:
    return testing.Context(CertificatesCharm)


def asking(*requests: str, ca=False, **more) -> testing.Relation:
    """A relation whose unit asks for certificates."""
    listed = [{"certificate_signing_request": request, "ca": ca} for request in requests]
    data = {"certificate_signing_requests": json.dumps(listed)}
    return testing.Relation(ENDPOINT, remote_app_name="kafka", remote_units_data={0: data}, **more)


def answers(state: testing.State, relation: testing.Relation, key="certificates") -> list:
    return json.loads(state.get_relation(relation.id).local_app_data.get(key, "[]"))


def secret_of(state: testing.State) -> testing.Secret:
    [secret] = state.secrets
    return secret


def content(secret: testing.Secret) -> dict:
    return dict(secret.latest_content or secret.tracked_content)


def owned(root) -> testing.Secret:
    given = {"certificate": root.certificate, "private-key": root.private_key}
    return testing.Secret(given, owner="app", label="root")


def test_the_leader_makes_the_root_and_is_active(context):
    state = context.run(context.on.install(), testing.State(leader=True))
    secret = secret_of(state)
    assert (secret.owner, secret.label) == ("app", "root")
    assert "PRIVATE KEY" in content(secret)["private-key"]
    assert isinstance(state.unit_status, testing.ActiveStatus)


def test_a_second_hook_changes_nothing(context, csr):
    relation = asking(csr)
    first = context.run(
        context.on.config_changed(), testing.State(leader=True, relations=[relation])
    )
    second = context.run(context.on.update_status(), first)
    assert second.relations == first.relations
    assert second.secrets == first.secrets


def test_another_unit_waits_and_makes_nothing(context):
    state = context.run(context.on.install(), testing.State(leader=False))
    assert not state.secrets
    assert isinstance(state.unit_status, testing.WaitingStatus)


def test_a_request_is_signed(context, root, csr):
    relation = asking(csr)
    state = testing.State(leader=True, relations=[relation], secrets=[owned(root)])
    state = context.run(context.on.relation_changed(relation, remote_unit=0), state)
    [answer] = answers(state, relation)
    assert answer["certificate_signing_request"] == csr
    assert answer["ca"] == root.certificate.strip()
    assert answer["chain"] == [answer["certificate"], answer["ca"]]
    ssl.create_default_context(cadata=answer["ca"])
    assert "1 issued" in state.unit_status.message


def test_a_new_leader_goes_on_with_the_same_root(context, root, csr):
    relation = asking(csr)
    follower = testing.State(leader=False, relations=[relation], secrets=[owned(root)])
    state = context.run(context.on.relation_changed(relation, remote_unit=0), follower)
    assert answers(state, relation) == []
    leader = testing.State(leader=True, relations=[relation], secrets=[owned(root)])
    state = context.run(context.on.leader_elected(), leader)
    assert answers(state, relation)[0]["ca"] == root.certificate.strip()
    assert len(state.secrets) == 1


def test_nonsense_is_refused_with_the_interface_s_code_once(context, root):
    relation = asking(signing_request("x", "*"))
    state = testing.State(leader=True, relations=[relation], secrets=[owned(root)])
    state = context.run(context.on.relation_changed(relation, remote_unit=0), state)
    [error] = answers(state, relation, "request_errors")
    assert (error["error"]["code"], error["error"]["name"]) == (103, "WILDCARD_NOT_ALLOWED")
    assert answers(state, relation) == []
    assert "refused x" in state.unit_status.message
    again = context.run(context.on.update_status(), state)
    assert again.get_relation(relation.id) == state.get_relation(relation.id)


@pytest.mark.parametrize(
    "garbage",
    ["not json", '"text"', "[3]", '[{"ca": false}]', '[{"certificate_signing_request": "x"}]'],
)
def test_an_unreadable_request_does_not_stop_the_others(context, root, csr, garbage):
    broken = testing.Relation(
        ENDPOINT,
        remote_app_name="web",
        remote_units_data={1: {"certificate_signing_requests": garbage}},
    )
    good = asking(csr)
    state = testing.State(leader=True, relations=[broken, good], secrets=[owned(root)])
    state = context.run(context.on.relation_changed(broken, remote_unit=1), state)
    assert len(answers(state, good)) == 1
    assert "web/1 sends a request that cannot be read" in state.unit_status.message


def test_a_withdrawn_request_loses_its_certificate(context, root, csr):
    relation = asking(csr)
    state = testing.State(leader=True, relations=[relation], secrets=[owned(root)])
    state = context.run(context.on.relation_changed(relation, remote_unit=0), state)
    other = signing_request("kafka-0", "kafka-0.local")
    listed = [{"certificate_signing_request": other, "ca": False}]
    withdrawn = testing.Relation(
        ENDPOINT,
        id=relation.id,
        remote_app_name="kafka",
        local_app_data=state.get_relation(relation.id).local_app_data,
        remote_units_data={0: {"certificate_signing_requests": json.dumps(listed)}},
    )
    state = testing.State(leader=True, relations=[withdrawn], secrets=[owned(root)])
    state = context.run(context.on.relation_changed(withdrawn, remote_unit=0), state)
    assert [each["certificate_signing_request"] for each in answers(state, withdrawn)] == [other]


def test_a_root_about_to_end_is_prolonged_and_revokes_nothing(context, csr):
    old = authority.establish("Charmed DataOps development CA", 30)
    relation = asking(csr)
    state = testing.State(leader=True, relations=[relation], secrets=[owned(old)])
    state = context.run(context.on.update_status(), state)
    new = content(secret_of(state))
    assert new["certificate"] != old.certificate
    assert new["private-key"].strip() == old.private_key.strip()
    assert not answers(state, relation)[0].get("revoked")


@pytest.mark.parametrize(
    "config, option",
    [
        ({"certificate-validity": 0}, "certificate-validity"),
        ({"ca-common-name": ""}, "ca-common-name"),
        ({"root-ca-validity": 90}, "root-ca-validity"),
    ],
)
def test_an_unusable_option_blocks_and_signs_nothing(context, root, csr, config, option):
    relation = asking(csr)
    state = testing.State(leader=True, relations=[relation], secrets=[owned(root)], config=config)
    state = context.run(context.on.config_changed(), state)
    assert isinstance(state.unit_status, testing.BlockedStatus)
    assert f"juju config certificates {option}=" in state.unit_status.message
    assert answers(state, relation) == []


def test_the_key_is_in_no_databag_and_no_log(context, csr):
    relation = asking(csr)
    state = context.run(
        context.on.config_changed(), testing.State(leader=True, relations=[relation])
    )
    key = content(secret_of(state))["private-key"].splitlines()[1]
    assert key not in json.dumps(state.get_relation(relation.id).local_app_data)
    assert not [line for line in context.juju_log if key in line.message]


class Requirer(CharmBase):
    """A charm with the published library's requirer."""

    def __init__(self, framework):
        super().__init__(framework)
        request = CertificateRequestAttributes(common_name="web-0", sans_dns={"web-0.local"})
        self.certificates = TLSCertificatesRequiresV4(
            self, ENDPOINT, [request], key_algorithm=KeyAlgorithm.ECDSA
        )


def test_the_published_requirer_gets_what_it_asked_for(context):
    """Both ends of the wire, with nothing in between but the bags."""
    meta = {"name": "web", "requires": {ENDPOINT: {"interface": "tls-certificates"}}}
    requirer = testing.Context(Requirer, meta=meta)
    ask = testing.Relation(ENDPOINT, remote_app_name="certificates")
    asked = requirer.run(requirer.on.relation_created(ask), testing.State(relations=[ask]))
    bag = asked.get_relation(ask.id).local_unit_data

    provide = testing.Relation(ENDPOINT, remote_app_name="web", remote_units_data={0: bag})
    given = context.run(
        context.on.relation_changed(provide, remote_unit=0),
        testing.State(leader=True, relations=[provide]),
    )
    answer = given.get_relation(provide.id).local_app_data

    back = testing.Relation(
        ENDPOINT, id=ask.id, local_unit_data=bag, remote_app_data=answer,
        remote_app_name="certificates",
    )  # fmt: skip
    state = testing.State(relations=[back], secrets=asked.secrets)
    with requirer(requirer.on.relation_changed(back), state) as manager:
        manager.run()
        [certificate], key = manager.charm.certificates.get_assigned_certificates()
        assert certificate.certificate.matches_private_key(key)
        assert certificate.certificate.sans_dns == {"web-0.local"}


def test_the_catalogue_is_published(context):
    relation = testing.Relation("operations", interface="dataops_operations")
    state = context.run(
        context.on.relation_created(relation), testing.State(leader=True, relations=[relation])
    )
    catalogue = json.loads(state.get_relation(relation.id).local_app_data["catalogue"])
    assert {verb["name"] for verb in catalogue} == {
        "get-ca-certificate",
        "health-check",
        "list-certificates",
        "replace-ca",
        "snapshot",
    }


def test_every_verb_is_an_action_of_the_metadata():
    import yaml

    from charm import VERBS

    metadata = yaml.safe_load((CHARM / "charmcraft.yaml").read_text())
    assert {verb.name for verb in VERBS.values()} == set(metadata["actions"])


def test_everybody_hears_of_a_new_root_before_it_signs(context, services, root, csr):
    relation = asking(csr)
    state = testing.State(leader=True, relations=[relation], secrets=[owned(root)])
    state = context.run(context.on.relation_changed(relation, remote_unit=0), state)
    [before] = answers(state, relation)
    state = context.run(context.on.action("replace-ca", params={"phase": "introduce"}), state)
    assert context.action_results["status"] == "running"
    # Nothing else need happen in the model.
    assert "wake-later" in services.running
    state = context.run(context.on.update_status(), state)
    [told] = answers(state, relation)
    coming = content(secret_of(state))["next-certificate"].strip()
    assert told["certificate"] == before["certificate"]
    leaf, vouched, above = told["chain"]
    assert (leaf, above) == (before["certificate"], coming) and vouched not in before["chain"]
    context.run(context.on.action("replace-ca", params={"phase": "introduce"}), state)
    assert context.action_results["phase"] == "introduced"
    again = context.run(context.on.update_status(), state)
    assert again.relations == state.relations
