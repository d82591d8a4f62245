# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""An object store that refuses whatever it is asked."""

import http.server
import threading

from dataops.objectstore import Target


class _Answer(http.server.BaseHTTPRequestHandler):
    """The same refusal for everything."""

    def _refuse(self):
        # What was sent is read, or the client meets a broken connection instead of an answer.
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, code = self.server.refusal
        body = f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = _refuse  # noqa: N815

    def log_message(self, *_):
        pass


class Refusing:
    """It runs until it is ended."""

    def __init__(self):
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answer)
        self.says(403, "InvalidAccessKeyId")
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.target = Target(
            kind="s3", bucket="mine", endpoint=f"http://127.0.0.1:{self._server.server_port}",
            access_key="AK", secret_key="very-secret",
        )  # fmt: skip

    def says(self, status, code):
        """From now on."""
        self._server.refusal = status, code

    def end(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
