# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import specimens

from dataops.evidence import Limits
from report.cards import operation_cards
from report.performance.cards import cards


def titles(document):
    return {card.title: card for card in operation_cards(document)}


def test_what_went_well_is_told_with_what_customers_saw():
    found = titles(specimens.document(specimens.ROTATION, evidence=specimens.EVIDENCE))
    assert (found["Records sent"].value, found["Records sent"].tone) == ("51,420", "good")
    assert (found["Longest gap"].value, found["Longest gap"].note) == ("71.5", "38.2 ms before")
    assert found["Checks well"].tone == "good"
    assert (found["By hand"].value, found["By hand"].unit) == ("90", "min")


def test_what_was_lost_and_what_passed_its_limit_is_bad_and_nothing_is_credited():
    found = titles(
        specimens.document(
            specimens.SICK,
            evidence=specimens.WORSE,
            limits=Limits(),
            breaches=specimens.BREACHES,
        )
    )
    assert {found[name].tone for name in ("Records sent", "Longest gap", "Answers well")} == {
        "bad"
    }
    assert "By hand" not in found


def test_without_a_canary_nothing_is_said_of_customers():
    assert "Records sent" not in titles(specimens.document(specimens.ROTATION))


def test_the_load_is_told_with_its_finding():
    found = {card.title: card for card in cards(specimens.MEASURED)}
    assert (found["Load: acknowledged, p99"].note, found["Load: acknowledged, p99"].tone) == (
        "worse", "bad",
    )  # fmt: skip
    assert found["Load: write throughput"].note == "no difference"
    first = specimens.MEASURED.model_copy(update={"earlier": ()})
    assert "first of its kind" in {card.note for card in cards(first)}
