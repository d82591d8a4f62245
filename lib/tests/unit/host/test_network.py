# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Where a unit listens."""

import http.server
import threading

import ops
import pytest
from ops import testing

from dataops.host import network
from dataops.host.network import address

META = {"name": "kafka", "provides": {"kafka-client": {"interface": "kafka_client"}}}


def bound(*addresses: str, ingress: str = "10.9.9.9") -> str:
    context = testing.Context(ops.CharmBase, meta=META)
    network = testing.Network(
        "kafka-client",
        bind_addresses=[testing.BindAddress([testing.Address(a) for a in addresses])],
        ingress_addresses=[ingress],
    )
    with context(context.on.start(), testing.State(networks=[network])) as manager:
        return address(manager.charm, "kafka-client")


def test_the_first_ipv4_address():
    assert bound("fd00::1", "10.1.2.3", "10.1.2.4") == "10.1.2.3"


def test_the_one_by_which_others_come_in() -> None:
    assert bound("172.17.0.1", "10.1.2.3", ingress="10.1.2.3") == "10.1.2.3"


def test_none_says_what_to_look_at():
    with pytest.raises(RuntimeError, match="juju show-unit kafka/0"):
        bound("fd00::1")


class Port(ops.CharmBase):
    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        framework.observe(self.on.start, self._on_start)

    def _on_start(self, _: ops.StartEvent) -> None:
        network.open_ports(self.unit, 9093)


def test_a_port_that_juju_refuses_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    context = testing.Context(Port, meta=META)
    assert context.run(context.on.start(), testing.State()).opened_ports == {testing.TCPPort(9093)}

    def conflict(*_: object) -> None:
        raise ops.ModelError("cannot open 9093/tcp: port range conflicts")

    monkeypatch.setattr(ops.Unit, "set_ports", conflict)
    out = context.run(context.on.start(), testing.State())
    assert not out.opened_ports
    assert [line for line in context.juju_log if "conflicts" in line.message]


def test_the_name_asks_no_name_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "juju-1")
    monkeypatch.setattr("socket.getfqdn", lambda: pytest.fail("asked"))
    assert network.name() == "juju-1"


def test_a_proxy_of_the_model_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/metrics" else 404)
            self.end_headers()
            self.wfile.write(b"up 1")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        try:
            assert network.ask(f"{url}/metrics", 20) == b"up 1"
            with pytest.raises(OSError, match="404"):
                network.ask(url, 20)
        finally:
            server.shutdown()
