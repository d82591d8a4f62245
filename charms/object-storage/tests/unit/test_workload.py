# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the verbs work with."""

import pytest
from samples import tls

from workload import Workload


class Desk:
    """The same without Juju."""

    class server:  # noqa: N801  stands for an object
        process = None

    requester = object()
    site = Workload.site


@pytest.mark.parametrize("port", [9000, 9443])
def test_the_one_port_is_where_a_renewal_is_proved(facts, port):
    from observed import Config

    observed, desk = facts(tls=tls(), config=Config(port=port)), Desk()
    site = desk.site(observed)
    assert dict(site.ports) == {"s3": port} and site.address == "127.0.0.1"
    assert site.tls == observed.tls and site.requester is desk.requester
    assert site.ledger.etc == observed.paths.etc
