"""A security key made of software: answers as a browser does for one that it holds."""

import hashlib
import json
import struct

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url, encode_cbor

HERE, TOUCHED, SEEN, NEW = "testserver", 0x01, 0x04, 0x40


class SoftKey:
    def __init__(self, name=b"soft key"):
        self.name, self.count = name, 0
        self.key = ec.generate_private_key(ec.SECP256R1())

    @property
    def credential(self):
        return bytes_to_base64url(self.name)

    def _client_data(self, what, options, origin):
        said = {
            "type": f"webauthn.{what}",
            "challenge": json.loads(options)["challenge"],
            "origin": origin,
        }
        return json.dumps(said).encode()

    def _head(self, flags):
        self.count += 1
        site = hashlib.sha256(HERE.encode()).digest()
        return site + struct.pack(">BI", flags, self.count)

    def made(self, options, origin=f"http://{HERE}"):
        """What `navigator.credentials.create` gives."""
        at = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: at.x.to_bytes(32), -3: at.y.to_bytes(32)}
        data = self._head(TOUCHED | NEW) + bytes(16) + struct.pack(">H", len(self.name))
        data += self.name + encode_cbor(cose)
        attested = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(
            clientDataJSON=self._client_data("create", options, origin),
            attestationObject=attested,
        )

    def used(self, options, origin=f"http://{HERE}", *, seen=False):
        """What `navigator.credentials.get` gives."""
        data = self._head(TOUCHED | (SEEN if seen else 0))
        client = self._client_data("get", options, origin)
        text = data + hashlib.sha256(client).digest()
        return self._answer(
            clientDataJSON=client,
            authenticatorData=data,
            signature=self.key.sign(text, ec.ECDSA(hashes.SHA256())),
        )

    def _answer(self, **parts):
        return json.dumps(
            {
                "id": self.credential,
                "rawId": self.credential,
                "type": "public-key",
                "clientExtensionResults": {},
                "response": {n: bytes_to_base64url(v) for n, v in parts.items()},
            }
        )


def add_key(client, key, origin=f"http://{HERE}"):
    """Make a key one's own, as the page does; the answer of the site."""
    options = client.get("/account/passkeys/new/").context["options"]
    sent = {"name": "Blue key", "made": key.made(options, origin)}
    return client.post("/account/passkeys/new/", sent)
