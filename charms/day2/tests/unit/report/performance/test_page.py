# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import html.parser
import json
import re

from sample import cluster, facts, group, series, topic

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
    page = Page(compose(FACTS).html.decode())
    assert "script" not in page.tags
    assert "link" not in page.tags
    assert "img" not in page.tags
    assert all(link.startswith("#") for link in page.links)
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert len(set(page.ids)) == len(page.ids)


def test_the_page_serves_light_dark_paper_and_small_screens():
    text = compose(FACTS).html.decode()
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text
    assert 'name="viewport"' in text
    assert '<html lang="en">' in text
    used = set(re.findall(r"var\((--[a-z0-9-]+)\)", text))
    assert used <= set(re.findall(r"(--[a-z0-9-]+):", text))


def test_the_same_facts_give_the_same_bytes():
    assert compose(FACTS).html == compose(FACTS).html
    content = json.loads(compose(FACTS).json)
    assert content["schema"] == "dataops-performance-report/1"
    assert content["summary"] == compose(FACTS).summary
    assert content["advice"][0]["setting"]


def test_what_could_not_be_seen_is_said_once_with_all_that_it_costs():
    gaps = [PanelFacts(id=name, gap="No broker is scraped.") for name in ("bytes-in", "heap")]
    down = Down(target="kafka/1", error="refused")
    blind = facts().model_copy(
        update={"panels": tuple(gaps), "down": (down,), "cluster_gap": "No access."}
    )
    text = " ".join("".join(Page(compose(blind).html.decode()).text).split())
    assert "kafka/1 could not be scraped: refused" in text
    assert "No broker is scraped. Missing: Written to each broker, Heap in use." in text
    assert "No access. Missing: Brokers, Topics, Consumer groups." in text
    assert "Nothing that was measured calls for a change." in text


def test_a_name_from_outside_is_text_and_never_markup():
    evil = "<img src=x onerror=alert(1)>"
    given = facts(cluster(topic(name=evil)), topic_bytes_in=[series([1, 2], topic=evil)])
    text = compose(given).html.decode()
    assert evil not in text
    assert "&lt;img" in text


def test_a_group_within_its_commit_interval_is_not_called_late():
    calm = facts(cluster(topic(), groups=(group(9_000, 8_000, 5_000, produced=5_000),)))
    assert "keeps up, 9 s behind" in compose(calm).html.decode()
