# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import datetime
import json

import ops
import pytest
from charmlibs.interfaces.tls_certificates import (
    Certificate,
    CertificateRequestAttributes,
    CertificateSigningRequest,
    PrivateKey,
)
from ops import testing

from dataops.certificates.requester import Requester


class Charm(ops.CharmBase):
    def __init__(self, framework):
        super().__init__(framework)
        self.requester = Requester.of(self, "10.0.0.1")


META = {"name": "kafka", "requires": {"certificates": {"interface": "tls-certificates"}}}
CONTEXT = testing.Context(Charm, meta=META)
ROOT_KEY = PrivateKey.generate()


def started(**more):
    relation = testing.Relation("certificates", **more)
    return CONTEXT.run(CONTEXT.on.relation_created(relation), testing.State(relations=[relation]))


def asked(state):
    (relation,) = state.get_relations("certificates")
    (one,) = json.loads(relation.local_unit_data["certificate_signing_requests"])
    return one["certificate_signing_request"]


def told(state, **answer):
    """The state once the provider has written this."""
    (relation,) = state.get_relations("certificates")
    bag = {key: json.dumps(value) for key, value in answer.items()}
    heard = testing.Relation(
        "certificates", id=relation.id, local_unit_data=relation.local_unit_data,
        remote_app_data=bag,
    )  # fmt: skip
    return testing.State(relations=[heard], secrets=state.secrets)


def signed(request):
    attributes = CertificateRequestAttributes(
        common_name="root", is_ca=True, add_unique_id_to_subject_name=False
    )
    days = datetime.timedelta(days=9)
    root = Certificate.generate_self_signed_ca(attributes, ROOT_KEY, days)
    leaf = CertificateSigningRequest.from_string(request).sign(root, ROOT_KEY, days)
    return {
        "certificate": str(leaf),
        "ca": str(root),
        "chain": [str(leaf), str(root)],
        "certificate_signing_request": request,
    }


def test_a_certificate_is_asked_for_by_name_and_address():
    request = CertificateSigningRequest.from_string(asked(started()))
    assert request.common_name == "kafka-0" and request.sans_ip == {"10.0.0.1"}


@pytest.mark.parametrize("new_key", [True, False])
def test_a_renewal_is_another_request_and_the_answer_to_the_first_counts_no_more(new_key):
    first = started()
    state = told(first, certificates=[signed(asked(first))])
    with CONTEXT(CONTEXT.on.relation_changed(state.get_relations("certificates")[0]), state) as m:
        m.run()
        requester = m.charm.requester
        before = requester.assigned(0)
        key = str(requester.library.private_key)
        assert before and before.issuer.startswith("CN=root")
        requester.request(new_key=new_key)
        assert requester.assigned(0) is None
        assert (str(requester.library.private_key) != key) is new_key
        (one,) = requester.library.get_csrs_from_requirer_relation_data()
        assert str(one.certificate_signing_request) != asked(first)


def test_a_refusal_is_told_in_the_provider_s_words():
    state = started()
    error = {"code": 102, "name": "IP_NOT_ALLOWED", "message": "not 10.0.0.1"}
    heard = told(state, request_errors=[{"csr": asked(state), "error": error}])
    with CONTEXT(CONTEXT.on.update_status(), heard) as manager:
        assert manager.charm.requester.denied() == "IP_NOT_ALLOWED: not 10.0.0.1"
    with CONTEXT(CONTEXT.on.update_status(), state) as manager:
        assert manager.charm.requester.denied() == ""
