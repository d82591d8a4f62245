# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from world import NOON

from dataops.interfaces.operations import Participant
from seam import Facts


def test_an_application_is_found_by_its_name():
    kafka = Participant(application="kafka")
    facts = Facts(now=NOON, unit="day2/3", participants=(kafka,))
    assert facts.participant("kafka") is kafka
    assert facts.participant("spark") is None
    assert facts.application == "day2"
