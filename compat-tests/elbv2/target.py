"""A real process behind a load balancer: answers what its path says, and tells what it was sent."""
import base64
import hashlib
import http.server
import json
import threading
import time


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "target", ""
    timeout = 30

    def log_message(self, *arguments):
        pass

    def body(self):
        """(bytes, trailers) of the request."""
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0))), ""
        whole = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            whole += self.rfile.read(size)
            self.rfile.readline()
        trailers = ""
        while (line := self.rfile.readline()).strip():
            trailers += line.decode()
        return whole, trailers

    def answer(self, status=200, body=b"", **fields):
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        kind = self.path.split("?")[0].strip("/").split("/")[0]
        if kind == "close":
            self.close_connection = True
        elif kind == "garbage":
            self.wfile.write(b"I am not HTTP\r\n\r\n")
            self.close_connection = True
        elif kind == "slow":
            time.sleep(float(self.path.split("?")[1]))
            self.answer()
        elif kind == "chunks":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"3\r\nabc\r\n3\r\ndef\r\n0\r\nX-Sum: 6\r\n\r\n")
        elif kind == "download":
            self.answer(body=b"0123456789abcdef" * (int(self.path.split("?")[1]) // 16))
        elif kind == "session":
            self.answer(body=self.server.name.encode(), Set_Cookie="session=1")
        elif kind == "ws":
            self.websocket()
        else:
            body, trailers = self.body()
            self.answer(body=json.dumps({
                "name": self.server.name, "method": self.command, "path": self.path, "headers": self.headers.items(),
                "connection": self.client_address[1], "size": len(body), "trailers": trailers,
                "sha256": hashlib.sha256(body).hexdigest()}).encode())

    do_POST = do_PUT = do_HEAD = do_OPTIONS = do_GET

    def websocket(self):
        """Sends every frame's content back, unmasked, until the client's close frame (RFC 6455)."""
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.send_response(101)
        for name, value in (("Upgrade", "websocket"), ("Connection", "Upgrade"), (
                "Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())):
            self.send_header(name, value)
        self.end_headers()
        self.close_connection = True
        while True:
            head = self.rfile.read(2)
            mask = self.rfile.read(4)
            text = bytes(byte ^ mask[at % 4] for at, byte in enumerate(self.rfile.read(head[1] & 0x7F)))
            self.wfile.write(bytes([head[0], len(text)]) + text)
            if head[0] & 0x0F == 8:
                return


class Target:
    def __init__(self, name):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.name = name
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
