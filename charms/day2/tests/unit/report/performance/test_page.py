# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import html.parser

import specimens
from sample import cluster, facts, group, series, topic

from report.performance.document import Performance
from report.performance.facts import Down, PanelFacts
from report.performance.page import compose


class Page(html.parser.HTMLParser):
    """What a browser would find: elements, ids, links, and text outside the drawings."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.links, self.text = set(), [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.add(tag)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found[key] for key in ("href", "xlink:href", "src") if key in found]

    def handle_data(self, data):
        self.text.append(data)


FACTS = facts(
    cluster(topic(), groups=(group(900, 500, 10),), disk_bytes=1000, disk_free_bytes=900),
    bytes_in=[series([1e6, 2e6], juju_unit="kafka/0")],
    gc=[series([9, 9], process="kafka/0")],
)


def test_the_page_fetches_nothing_and_runs_nothing():
    page = Page(compose(FACTS).html)
    assert "script" not in page.tags
    assert "link" not in page.tags
    assert "img" not in page.tags
    assert all(link.startswith("#") for link in page.links)
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert len(set(page.ids)) == len(page.ids)


def test_the_same_facts_give_the_same_bytes():
    first, second = compose(FACTS), compose(FACTS)
    assert first.html == second.html
    assert first.performance.advice[0].setting
    assert first.performance.summary


def test_what_was_measured_survives_its_json():
    made = compose(FACTS).performance
    assert Performance.model_validate_json(made.model_dump_json()) == made


def test_the_load_is_drawn_with_its_verdict():
    section = compose(specimens.MEASURED)
    text = " ".join("".join(Page(section.html).text).split())
    assert "in report #5" in text
    assert "worse" in text
    assert "no difference" in text
    assert section.performance.comparison.changed[0].name == "ack-p99"


def test_what_could_not_be_seen_is_said_once_with_all_that_it_costs():
    gaps = [PanelFacts(id=name, gap="No broker is scraped.") for name in ("bytes-in", "heap")]
    down = Down(target="kafka/1", error="refused")
    blind = facts().model_copy(
        update={"panels": tuple(gaps), "down": (down,), "cluster_gap": "No access."}
    )
    text = " ".join("".join(Page(compose(blind).html).text).split())
    assert "kafka/1 could not be scraped: refused" in text
    assert "No broker is scraped. Missing: Written to each broker, Heap in use." in text
    assert "No access. Missing: Brokers, Topics, Consumer groups." in text
    assert "Nothing that was measured calls for a change." in text


def test_a_name_from_outside_is_text_and_never_markup():
    evil = "<img src=x onerror=alert(1)>"
    given = facts(cluster(topic(name=evil)), topic_bytes_in=[series([1, 2], topic=evil)])
    text = compose(given).html
    assert evil not in text
    assert "&lt;img" in text


def test_a_group_within_its_commit_interval_is_not_called_late():
    calm = facts(cluster(topic(), groups=(group(9_000, 8_000, 5_000, produced=5_000),)))
    assert "keeps up, 9 s behind" in compose(calm).html
