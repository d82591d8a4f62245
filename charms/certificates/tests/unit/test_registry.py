# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Steps land in the secret and in the relation."""

import json

from charmlibs.interfaces.tls_certificates import CertificateRequestErrorCode as Code
from ops import testing

from charm import CertificatesCharm
from objections import Objection
from observed import Request
from plan import Establish, Prolong, Refuse, Sign


def apply(step, root, *, relation=None, secret=None):
    context = testing.Context(CertificatesCharm)
    state = testing.State(
        leader=True,
        relations=[relation] if relation else [],
        secrets=[secret] if secret else [],
        config={"certificate-validity": 0},  # the charm's own plan is empty
    )
    with context(context.on.update_status(), state) as manager:
        after = manager.charm.registry.apply(step, root)
        return after, manager.run()


def kept(state) -> dict:
    [secret] = state.secrets
    return dict(secret.latest_content or secret.tracked_content)


def test_a_new_root_is_kept(root):
    after, state = apply(Establish("New", 100), None)
    assert kept(state) == {"certificate": after.certificate, "private-key": after.private_key}


def test_a_prolonged_root_is_a_new_revision(root):
    given = {"certificate": root.certificate, "private-key": root.private_key}
    secret = testing.Secret(given, owner="app", label="root")
    after, state = apply(Prolong(5000), root, secret=secret)
    assert kept(state)["certificate"] == after.certificate != root.certificate


def test_a_signature_answers_the_relation(root, csr):
    asked = json.dumps([{"certificate_signing_request": csr, "ca": False}])
    relation = testing.Relation(
        "certificates",
        remote_app_name="kafka",
        remote_units_data={0: {"certificate_signing_requests": asked}},
    )
    after, state = apply(Sign(Request(relation.id, csr), 10), root, relation=relation)
    [answer] = json.loads(state.get_relation(relation.id).local_app_data["certificates"])
    assert after == root
    assert answer["certificate_signing_request"] == csr


def test_a_refusal_answers_with_code_and_words(root, csr):
    relation = testing.Relation("certificates", remote_app_name="kafka")
    step = Refuse(Request(relation.id, csr), Objection(Code.OTHER, "because"))
    _, state = apply(step, root, relation=relation)
    [error] = json.loads(state.get_relation(relation.id).local_app_data["request_errors"])
    assert error["error"]["message"] == "because"
    assert error["error"]["provider"] == "certificates"
