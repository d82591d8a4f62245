# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import html.parser
import re

import pytest
import specimens

PAGES = {name: page.decode() for name, page in specimens.pages().items()}


class Page(html.parser.HTMLParser):
    """What a browser would find: elements, ids and links."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.links = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.add(tag)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found[key] for key in ("href", "xlink:href", "src") if key in found]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fetches_nothing_runs_nothing_and_its_links_lead_somewhere(name):
    page = Page(PAGES[name])
    assert not page.tags & {"script", "link", "img", "iframe", "form"}
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert all(link.startswith("#") for link in page.links)
    assert len(set(page.ids)) == len(page.ids)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_serves_light_dark_paper_and_small_screens(name):
    text = PAGES[name]
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text
    assert 'name="viewport"' in text
    assert '<html lang="en">' in text
    used = set(re.findall(r"var\((--[a-z0-9-]+)\)", text))
    assert used <= set(re.findall(r"(--[a-z0-9-]+):", text))


def text_of(name):
    return " ".join(re.sub(r"<[^>]+>", " ", PAGES[name]).split())


def test_a_failure_is_told_before_everything_else_with_the_next_move():
    text = text_of("failed")
    moves = text.index("What to do next")
    assert moves < text.index("What customers saw") < text.index("What ran when")
    assert "resume-operation id=8" in text
    assert "Not done, or not well: revoke" in text
    assert "A limit of the plan was passed" in text


def test_what_an_operation_replaced_is_said_only_where_a_plan_says_it():
    assert "90 min" in text_of("rotation")
    assert "not stated" in text_of("rotation")
    assert "that nobody had to spend" not in text_of("failed")


def test_the_chain_can_be_followed():
    text = text_of("rotation")
    assert f"#6, SHA-256 {'5e' * 32}" in text
    assert specimens.KEY.public.fingerprint in text
