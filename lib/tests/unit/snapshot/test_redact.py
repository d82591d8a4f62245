# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import base64
import html
import json
import time
import urllib.parse

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dataops.snapshot.redact import (
    PRIVATE_KEY,
    Redactor,
    Secret,
    private_keys,
    secrets_within,
)

PASSWORD = 'pA55/w+rd=äß"quoted\\&<x> y'
KEY = (
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHcCAQEEIBkg4hzqXxkZV0c2rC0x5m4b6i0O7D8q3sV9y1t2u3v4oAoGCCqGSM49\n"
    "AwEHoUQDQgAE1a2b3c4d5e6f7g8h9i0jKlMnOpQrStUvWxYz0123456789abcdef\n"
    "ABCDEFGHIJKLMNOP==\n"
    "-----END EC PRIVATE KEY-----\n"
)


def cleaned(text: str, *secrets: Secret) -> str:
    return Redactor(secrets).clean(text.encode()).data.decode()


SPELLINGS = {
    "as it is": PASSWORD,
    "json": json.dumps({"password": PASSWORD}),
    "json, not ascii": json.dumps({"password": PASSWORD}, ensure_ascii=False),
    "json within json": json.dumps({"bag": json.dumps({"password": PASSWORD})}),
    "url": urllib.parse.quote(PASSWORD, safe=""),
    "form": urllib.parse.quote_plus(PASSWORD),
    "page": html.escape(PASSWORD),
    "base64": base64.b64encode(PASSWORD.encode()).decode(),
    "base64 for urls": base64.urlsafe_b64encode(PASSWORD.encode()).decode(),
    "basic authentication": base64.b64encode(f"relation-7:{PASSWORD}".encode()).decode(),
    "in the middle of base64": base64.b64encode(f"a{PASSWORD}and more".encode()).decode(),
}


@pytest.mark.parametrize("text", SPELLINGS.values(), ids=list(SPELLINGS))
def test_finds_a_secret_however_it_is_spelled(text: str) -> None:
    found = Redactor([Secret("password of relation-7", PASSWORD)]).clean(
        f"before {text} after\n".encode()
    )
    assert found.removed == {"password of relation-7": 1}
    assert found.data.startswith(b"before ")
    assert found.data.endswith(b" after\n")
    assert b"[redacted: password of relation-7]" in found.data
    assert text.strip('{}"')[12:-12].encode() not in found.data


@pytest.mark.parametrize(
    "text",
    [
        KEY,
        json.dumps({"key": KEY}),
        KEY.replace("\n", "\\\n"),
        KEY.partition("-----END")[0],
        KEY.partition("zqXxkZV0c2")[2],
        f"{KEY}and\n{KEY}",
    ],
    ids=["whole", "in json", "in a properties file", "its head", "its tail", "two"],
)
def test_finds_private_keys_by_their_shape(text: str) -> None:
    found = Redactor([]).clean(f"before\n{text}\nafter".encode())
    assert set(found.removed) == {PRIVATE_KEY}
    for part in ("AQEEIBkg4hzq", "oAoGCCqGSM49", "AwEHoUQDQgAE", "ABCDEFGHIJKLMNOP"):
        assert part.encode() not in found.data
    assert found.data.startswith(b"before")
    assert found.data.endswith(b"after")


def test_a_certificate_stays() -> None:
    text = KEY.replace("EC PRIVATE KEY", "CERTIFICATE")
    assert cleaned(text, *private_keys("key", text)) == text


def test_finds_a_copy_of_a_key_without_its_armour() -> None:
    body = "".join(KEY.splitlines()[1:-1])
    (key,) = private_keys("the key of kafka/0", f"# a store\n{KEY}")
    found = Redactor([key]).clean(f"key={body}\n{KEY.splitlines()[2]}".encode())
    assert found.removed == {"the key of kafka/0": 2}
    assert found.data == b"key=[redacted: the key of kafka/0]\n[redacted: the key of kafka/0]"


def test_a_secret_within_another_leaves_nothing_of_it() -> None:
    assert cleaned("x abcdefgh y", Secret("a", "abcd"), Secret("b", "abcdefgh")) == (
        "x [redacted: b] y"
    )


def test_a_word_is_no_secret_and_is_named() -> None:
    redactor = Redactor([Secret("pin", "123"), Secret("nothing", " ")])
    assert redactor.too_short == ("pin",)
    assert redactor.clean(b"123").data == b"123"


def test_a_secret_does_not_show_in_what_is_printed() -> None:
    assert PASSWORD not in repr(Secret("password", PASSWORD))


@given(
    st.lists(st.text(min_size=4), min_size=1, max_size=5),
    st.lists(st.text(), max_size=6),
    st.randoms(use_true_random=False),
)
@example(["[redacted: 0]"], ["x"], None)
@example(["]: 0[re", "acted", "dact"], ["[redacted: 0", "[re"], None)
@example(["aaaa", "aaaaa"], ["aa"], None)
def test_no_secret_survives(values: list[str], texts: list[str], random: object) -> None:
    """Whatever the secrets and the text, marks and neighbours: none is left, nor its spellings."""
    pieces = [*texts, *values, *values]
    if random is not None:
        random.shuffle(pieces)  # type: ignore[attr-defined]
    secrets = [Secret(str(n), value) for n, value in enumerate(values)]
    data = "".join(pieces).encode("utf-8", "surrogatepass")
    redactor = Redactor(secrets)
    left = redactor.clean(data).data
    for secret in secrets:
        if secret.name in redactor.too_short or not secret.value.strip():
            continue
        assert secret.value.encode("utf-8", "surrogatepass") not in left
        assert base64.b64encode(secret.value.encode("utf-8", "surrogatepass")) not in left
    assert redactor.clean(left).data == left


ORDINARY = st.text(alphabet="abcdefghij \n\t.:-=+/\\", max_size=400)
OTHERS = st.text(alphabet="KLMNOPQRSTUVWXYZ0123456789", min_size=6, max_size=40)


@given(ORDINARY, st.lists(OTHERS, max_size=4))
def test_a_text_without_secrets_stays_as_it_is(text: str, values: list[str]) -> None:
    found = Redactor(Secret(value, value) for value in values).clean(text.encode())
    assert found.data == text.encode()
    assert found.removed == {}


@given(ORDINARY, ORDINARY, OTHERS)
def test_what_stands_around_a_secret_stays(before: str, after: str, value: str) -> None:
    assert cleaned(before + value + after, Secret("s", value)) == f"{before}[redacted: s]{after}"


def test_megabytes_take_no_time() -> None:
    """Fifty secrets in eight megabytes of log: a second or two of our own, not minutes."""
    line = b"[2026-11-22 18:43:13,123] INFO [Broker id=1] Leader topic-3 -----END of it (kafka)\n"
    secrets = [Secret(str(n), f"s3cr3t-number-{n:03}-of-many") for n in range(50)]
    began = time.process_time()
    Redactor(secrets).clean(line * (8_000_000 // len(line)))
    assert time.process_time() - began < 60


def test_finds_what_a_configuration_calls_secret() -> None:
    configuration = {
        "basic_auth": {"username": "me", "password": "open-sesame"},
        "tls_config": {"key": "KEY"},
        "remote_write": [{"url": "https://me:s%40cret@10.1.2.3/push"}],
        "shared-secret": "secret:9m4e2mr0ui3e8a215n4g",
        "tokens": ["one", "two"],
        "port": 9090,
    }
    assert [(each.name, each.value) for each in secrets_within(configuration, "job")] == [
        ("job basic_auth password", "open-sesame"),
        ("job tls_config key", "KEY"),
        ("job remote_write url (URL)", "s@cret"),
        ("job tokens", "one"),
        ("job tokens", "two"),
    ]
