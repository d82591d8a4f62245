# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Steps land in the secret and in the relation."""

import json

from charmlibs.interfaces.tls_certificates import CertificateRequestErrorCode as Code
from ops import testing

import authority
from charm import CertificatesCharm
from objections import Objection
from observed import Issued, Request
from plan import Establish, HandOut, Prolong, Refuse, Sign
from roots import Bundle, Roots


def apply(step, roots, *, relation=None, secret=None):
    context = testing.Context(CertificatesCharm)
    state = testing.State(
        leader=True,
        relations=[relation] if relation else [],
        secrets=[secret] if secret else [],
        config={"certificate-validity": 0},  # the charm's own plan is empty
    )
    with context(context.on.update_status(), state) as manager:
        after = manager.charm.registry.apply(step, roots)
        return after, manager.run()


def kept(state) -> dict:
    [secret] = state.secrets
    return dict(secret.latest_content or secret.tracked_content)


def test_a_new_root_is_kept(root):
    after, state = apply(Establish("New", 100), None)
    assert Roots.from_content(kept(state)) == after
    assert after.current.common_name == "New"


def test_a_prolonged_root_is_a_new_revision(root):
    given = {"certificate": root.certificate, "private-key": root.private_key}
    secret = testing.Secret(given, owner="app", label="root")
    after, state = apply(Prolong(5000), Roots(root), secret=secret)
    assert kept(state)["certificate"] == after.current.certificate != root.certificate


def test_a_signature_answers_the_relation(root, csr):
    asked = json.dumps([{"certificate_signing_request": csr, "ca": False}])
    relation = testing.Relation(
        "certificates",
        remote_app_name="kafka",
        remote_units_data={0: {"certificate_signing_requests": asked}},
    )
    after, state = apply(Sign(Request(relation.id, csr), 10), Roots(root), relation=relation)
    [answer] = json.loads(state.get_relation(relation.id).local_app_data["certificates"])
    assert after == Roots(root)
    assert answer["certificate_signing_request"] == csr


def test_a_refusal_answers_with_code_and_words(root, csr):
    relation = testing.Relation("certificates", remote_app_name="kafka")
    step = Refuse(Request(relation.id, csr), Objection(Code.OTHER, "because"))
    _, state = apply(step, Roots(root), relation=relation)
    [error] = json.loads(state.get_relation(relation.id).local_app_data["request_errors"])
    assert error["error"]["message"] == "because"
    assert error["error"]["provider"] == "certificates"


def test_handing_out_again_takes_the_place_of_the_answer_before(root, csr):
    signed = authority.sign(root, csr, 9, is_ca=False)
    other = authority.establish("Other", 9).certificate
    answer = {
        "certificate": signed, "ca": root.certificate, "chain": [signed],
        "certificate_signing_request": csr,
    }  # fmt: skip
    asked = [{"certificate_signing_request": csr, "ca": False}]
    relation = testing.Relation(
        "certificates", remote_app_name="kafka",
        local_app_data={"certificates": json.dumps([answer])},
        remote_units_data={0: {"certificate_signing_requests": json.dumps(asked)}},
    )  # fmt: skip
    old = Bundle(root.certificate, (signed,))
    step = HandOut(
        Issued(relation.id, csr, signed, old, "kafka-0"), Bundle(other, (signed, other))
    )
    _, state = apply(step, Roots(root), relation=relation)
    [given] = json.loads(state.get_relation(relation.id).local_app_data["certificates"])
    assert given["certificate"] == signed.strip() and given["ca"] == other.strip()
