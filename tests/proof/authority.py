"""A time stamping authority that we did not write: `openssl ts`, with certificates made for the test, over HTTP."""

import subprocess
from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from re import search
from threading import Thread
from typing import Any

CONFIG = """
[ v3_ca ]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[ v3_tsa ]
basicConstraints = CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = {purpose}
subjectKeyIdentifier = hash
[ tsa ]
serial = {folder}/serial
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = no
tsa_name = yes
ess_cert_id_chain = {chain}
ess_cert_id_alg = {ess}
signer_digest = {digest}
"""
RSA = ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
P256 = ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
P384 = ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384")
P521 = ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521")


KINDS: dict[str, dict[str, Any]] = {
    "RSA, SHA-256": {"key": RSA},
    "RSA, SHA-512, its certificate named by SHA-1": {"key": RSA, "digest": "sha512", "ess": "sha1", "chain": "yes"},
    "P-256, SHA-256": {"key": P256},
    "P-384, SHA-384": {"key": P384, "digest": "sha384", "ess": "sha384", "chain": "yes"},
    "P-521, SHA-512": {"key": P521, "digest": "sha512", "ess": "sha512"},
    "P-256, SHA-384": {"key": P256, "digest": "sha384"},
}
"""By which kinds of key and hash an authority stamps."""


def openssl(*words: object, given: bytes | None = None) -> bytes:
    done = subprocess.run(["openssl", *map(str, words)], input=given, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


class Authority:
    """A CA, one below it, and a certificate for time stamps of that, all in a folder."""

    def __init__(
        self,
        folder: Path,
        *,
        key: tuple[str, ...] = RSA,
        digest: str = "sha256",
        ess: str = "sha256",
        purpose: str = "critical, timeStamping",
        chain: str = "no",
        days: int = 3650,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.ca, self.tsa = folder, folder / "ca.pem", folder / "tsa.pem"
        self.config = folder / "config"
        words = {"folder": folder, "purpose": purpose, "chain": chain, "ess": ess, "digest": digest}
        self.config.write_text(CONFIG.format(**words))
        (folder / "serial").write_text("01\n")
        for name in ("ca", "middle", "tsa"):
            openssl("genpkey", *key, "-out", folder / f"{name}.key")
        subject = "/C=EC/O=Sellos de Prueba/CN="
        root = ("-x509", "-days", 3650, "-config", self.config, "-extensions", "v3_ca")
        openssl("req", *root, "-new", "-key", folder / "ca.key", "-subj", f"{subject}Raíz", "-utf8", "-out", self.ca)
        self._issue("middle", f"{subject}Intermedia", by="ca", extensions="v3_ca", days=3650)
        self._issue("tsa", f"{subject}Sello de Tiempo 1", by="middle", extensions="v3_tsa", days=days)

    def _issue(self, name: str, subject: str, *, by: str, extensions: str, days: int) -> None:
        folder = self.folder
        made = openssl("req", "-new", "-config", self.config, "-key", folder / f"{name}.key", "-subj", subject, "-utf8")
        signed = ("-CA", folder / f"{by}.pem", "-CAkey", folder / f"{by}.key", "-days", days, "-sha256")
        more = ("-extfile", self.config, "-extensions", extensions, "-out", folder / f"{name}.pem")
        openssl("x509", "-req", *signed, *more, given=made)

    def reply(self, query: bytes) -> bytes:
        """What `openssl ts -reply` answers to a request."""
        asked, answer = self.folder / "query.tsq", self.folder / "answer.tsr"
        asked.write_bytes(query)
        signer = ("-signer", self.tsa, "-inkey", self.folder / "tsa.key", "-chain", self.folder / "middle.pem")
        openssl("ts", "-reply", "-config", self.config, "-section", "tsa", "-queryfile", asked, *signer, "-out", answer)
        return answer.read_bytes()

    def token(self, stamped: bytes, digest: str = "sha256") -> bytes:
        """The token over these bytes, asked for by `openssl ts -query`."""
        data, query = self.folder / "data", self.folder / "data.tsq"
        data.write_bytes(stamped)
        openssl("ts", "-query", "-data", data, f"-{digest}", "-cert", "-out", query)
        answer = self.folder / "answer.tsr"
        answer.write_bytes(self.reply(query.read_bytes()))
        return openssl("ts", "-reply", "-in", answer, "-token_out")

    def verifies(self, token: bytes, stamped: bytes) -> bool:
        """Whether `openssl ts -verify` finds the token good."""
        files = self.folder / "token.der", self.folder / "stamped"
        for file, content in zip(files, (token, stamped), strict=True):
            file.write_bytes(content)
        words = ("ts", "-verify", "-in", files[0], "-token_in", "-data", files[1], "-CAfile", self.ca)
        return b"Verification: OK" in subprocess.run(["openssl", *map(str, words)], capture_output=True).stdout


class Served:
    """The authority over HTTP (RFC 3161, section 3.4). ``answer``: what becomes of each request."""

    def __init__(self, answer: Callable[[bytes], bytes], status: int = 200) -> None:
        self.answer, self.status, self.requests = answer, status, []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = self.rfile.read(int(self.headers["Content-Length"]))
                outer.requests.append((asked, dict(self.headers)))
                content = outer.answer(asked)
                self.send_response(outer.status)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_words: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/tsr"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


# --- what somebody makes who is no authority --------------------------------------------------------------------------
AS_TIME_STAMP = ("-econtent_type", "1.2.840.113549.1.9.16.1.4", "-outform", "DER")


def said_in(token: bytes) -> bytes:
    """What is stamped and when (TSTInfo), as `openssl cms` takes it out of a token."""
    return openssl("cms", "-verify", "-noverify", "-inform", "DER", "-binary", given=token)


def signed_otherwise(authority: Authority, said: bytes, name: str = "tsa", *more: str) -> bytes:
    """A token that `openssl cms` signs by one of the keys of the folder, whatever its certificate is for."""
    key = ("-signer", authority.folder / f"{name}.pem", "-inkey", authority.folder / f"{name}.key")
    return openssl("cms", "-sign", "-nodetach", "-binary", "-nosmimecap", *key, *AS_TIME_STAMP, *more, given=said)


def forgeries(authority: Authority, stranger: Authority, stamped: bytes) -> dict[str, tuple[object, str]]:
    """What stands in `stamps` and is no time stamp of these bytes, and by which rule. Both authorities sign by RSA."""
    good, other = authority.token(stamped), authority.token(stamped + b"x")
    said, of_other = said_in(good), said_in(other)
    while len(of_other) != len(said):  # a nonce is eight bytes or nine
        other = authority.token(stamped + b"x")
        of_other = said_in(other)
    imprint, of_another = sha256(stamped).digest(), sha256(stamped + b"x").digest()
    hour = search(rb"\x18\x0f\d{14}Z\x30\x03\x02\x01\x01\x02", said)  # with the accuracy, and the nonce after it
    assert hour is not None
    at, nonce = hour.start() + 2, hour.end() + said[hour.end()]
    later = said[:at] + b"2099" + said[at + 4 :]
    wrong = {
        "of another checkpoint": (other, "stamp_other"),
        "of another hour": (good.replace(said[at : at + 15], b"2020" + said[at + 4 : at + 15]), "stamp_false"),
        "of another nonce": (good.replace(said[nonce:], bytes([said[nonce] ^ 1]) + said[nonce + 1 :]), "stamp_false"),
        "with the imprint exchanged": (other.replace(of_another, imprint), "stamp_false"),
        "with what it says exchanged": (other.replace(of_other, said), "stamp_false"),
        "with a broken signature": (good[:-1] + bytes([good[-1] ^ 1]), "stamp_false"),
        "signed by another key": (good[:-256] + stranger.token(stamped)[-256:], "stamp_false"),
        "by a certificate of another purpose": (signed_otherwise(authority, said, "middle", "-cades"), "stamp_false"),
        "at an hour when its certificate has ended": (
            signed_otherwise(authority, later, "tsa", "-cades"),
            "stamp_false",
        ),
        "that names no certificate": (signed_otherwise(authority, said), "stamp_false"),
        "cut off": (good[:-100], "stamp"),
        "of garbage": (b"\x30\x82\xff\xff" + bytes(200), "stamp"),
        "with more behind it": (good + b"\x05\x00", "stamp"),
        "that is an answer, and no token": ((authority.folder / "answer.tsr").read_bytes(), "stamp"),
        "that is a certificate": (b64decode("".join(authority.tsa.read_text().split("-----")[2].split())), "stamp"),
        "of nothing": (b"", "stamp"),
    }
    assert all(token != good for token, _rule in wrong.values())
    found: dict[str, tuple[object, str]] = {
        what: (b64encode(token).decode(), rule) for what, (token, rule) in wrong.items()
    }
    return found | {"no text": (7, "stamp"), "no base64": ("¡no!", "stamp")}
