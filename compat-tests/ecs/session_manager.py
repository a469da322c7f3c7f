"""The session-manager-plugin's side of ECS Exec, as far as the tests need it: a WebSocket client and Session Manager's
messages. Source: the plugin's own source (aws/session-manager-plugin, src/message and src/datachannel): it acknowledges
output only once its terminal is ready, drops it before, and takes no output out of its turn."""
import base64
import hashlib
import json
import os
import socket
import struct
import urllib.parse
import uuid

OUTPUT, HANDSHAKE_REQUEST, HANDSHAKE_RESPONSE, HANDSHAKE_COMPLETE, FLAG = 1, 5, 6, 7, 10


class Session:
    def __init__(self, session, token=None):
        url = urllib.parse.urlsplit(session["streamUrl"])
        self.socket = socket.create_connection((url.hostname, url.port), timeout=20)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET {url.path}?{url.query} HTTP/1.1\r\nHost: {url.netloc}\r\nUpgrade: websocket\r\n"
                             f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
                             ).encode())
        self.held = b""
        while b"\r\n\r\n" not in self.held:
            self.held += self.socket.recv(4096)
        head, _, self.held = self.held.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 ")
        self.sequence = self.expected = 0
        self.frame(1, json.dumps({"MessageSchemaVersion": "1.0", "RequestId": str(uuid.uuid4()),
                                  "TokenValue": token or session["tokenValue"],
                                  "ClientId": str(uuid.uuid4())}).encode())

    def frame(self, opcode, payload):
        mask = os.urandom(4)
        length = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + struct.pack(">H", len(payload))
        self.socket.sendall(bytes([0x80 | opcode]) + length + mask
                            + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload)))

    def take(self, count):
        while len(self.held) < count:
            received = self.socket.recv(4096)
            assert received, "the connection ended"
            self.held += received
        taken, self.held = self.held[:count], self.held[count:]
        return taken

    def send(self, payload_type, payload):
        self.write(b"input_stream_data", self.sequence, payload_type, payload)
        self.sequence += 1

    def acknowledge(self, kind, identity, sequence):
        self.write(b"acknowledge", 0, 0, json.dumps({
            "AcknowledgedMessageType": kind, "AcknowledgedMessageId": str(uuid.UUID(bytes=identity[8:] + identity[:8])),
            "AcknowledgedMessageSequenceNumber": sequence, "IsSequentialMessage": True}).encode())

    def write(self, kind, sequence, payload_type, payload):
        self.frame(2, struct.pack(">I32sIQqQ16s32sII", 116, kind.ljust(32), 1, 1, sequence, int(sequence == 0),
                                  uuid.uuid4().bytes, hashlib.sha256(payload).digest(), payload_type, len(payload))
                   + payload)

    def receive(self, ready=True):
        """The next message that is no acknowledgement: (type, payload type, payload); None when the channel closes. A
        terminal that is not ready drops output."""
        while True:
            first, length = self.take(2)
            length &= 0x7f
            if length == 126:
                length = struct.unpack(">H", self.take(2))[0]
            frame = self.take(length)
            if first & 0x0f == 8:
                return None
            (header, kind, _, _, sequence, _, identity, digest, payload_type, size) = struct.unpack(
                ">I32sIQqQ16s32sII", frame[:120])
            payload = frame[120:]
            assert header == 116 and size == len(payload) and hashlib.sha256(payload).digest() == digest
            kind = kind.decode().strip()
            if kind == "acknowledge":
                assert json.loads(payload)["AcknowledgedMessageSequenceNumber"] == self.sequence - 1
                continue
            if kind == "output_stream_data":
                if sequence != self.expected:
                    continue
                if ready:
                    self.acknowledge(kind, identity, sequence)
                    self.expected += 1
            return kind, payload_type, payload

    def begin(self, late=False):
        """The handshake; what the terminal shows first. A late terminal is not ready for it at once."""
        _, kind, payload = self.receive()
        assert kind == HANDSHAKE_REQUEST
        action = json.loads(payload)["RequestedClientActions"][0]
        assert action["ActionType"] == "SessionType"
        assert action["ActionParameters"]["SessionType"] == "InteractiveCommands"
        self.send(HANDSHAKE_RESPONSE, json.dumps({"ClientVersion": "1.2.0.0", "ProcessedClientActions": [
            {"ActionType": "SessionType", "ActionStatus": 1, "ActionResult": None, "Error": ""}]}).encode())
        assert self.receive()[1] == HANDSHAKE_COMPLETE
        if late:
            assert self.receive(ready=False)[1] == OUTPUT
        return self.output()

    def output(self):
        _, kind, payload = self.receive()
        assert kind == OUTPUT
        return payload.decode()

    def type(self, text):
        self.send(OUTPUT, text.encode())
        return self.output()
