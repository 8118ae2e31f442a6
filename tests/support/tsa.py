"""A time-stamping authority of a test's own: `openssl ts` behind a small HTTP server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import run

from aiohttp import web

from tests.support.served import served_on_loopback

NAME = "Horodatage de test"
_CONFIG = """
[tsa]
default_tsa = one
[one]
dir = {folder}
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""
_EXTENSIONS = "basicConstraints=CA:FALSE\nextendedKeyUsage=critical,timeStamping\n"


def _openssl(*words: str | Path) -> None:
    run(["openssl", *words], check=True, capture_output=True)


@dataclass
class Authority:
    """Its files and its address; `down` makes it answer 503, `twisted` another request's answer."""

    folder: Path
    url: str = ""
    down: bool = False
    twisted: bool = False
    asked: int = 0
    _last: bytes = field(default=b"")

    @property
    def ca_file(self) -> Path:
        return self.folder / "ca.pem"

    async def answer(self, request: web.Request) -> web.Response:
        self.asked += 1
        query = await request.read()
        if self.down:
            raise web.HTTPServiceUnavailable
        if self.twisted:
            return web.Response(body=self._last, content_type="application/timestamp-reply")
        self._last = await asyncio.get_running_loop().run_in_executor(None, self.stamp, query)
        return web.Response(body=self._last, content_type="application/timestamp-reply")

    def stamp(self, query: bytes) -> bytes:
        """The answer to a request, both DER."""
        asked, made = self.folder / "request.tsq", self.folder / "answer.tsr"
        asked.write_bytes(query)
        config = self.folder / "tsa.cnf"
        _openssl("ts", "-reply", "-config", config, "-queryfile", asked, "-out", made)
        return made.read_bytes()


def make_authority(folder: Path) -> Authority:
    """A new authority: a root, and a certificate of it for time stamps alone."""
    folder.mkdir()
    ca, ca_key, key, request = (
        folder / name for name in ("ca.pem", "ca.key", "tsa.key", "tsa.csr")
    )
    new = ("-newkey", "rsa:2048", "-nodes")
    subject = "/CN=Autorite de test"
    _openssl("req", "-x509", *new, "-keyout", ca_key, "-out", ca, "-days", "30", "-subj", subject)
    _openssl("req", *new, "-keyout", key, "-out", request, "-subj", f"/CN={NAME}")
    (folder / "extensions").write_text(_EXTENSIONS)
    signing = ("-CA", ca, "-CAkey", ca_key, "-CAcreateserial", "-days", "30")
    extensions = ("-extfile", folder / "extensions")
    _openssl("x509", "-req", "-in", request, *signing, *extensions, "-out", folder / "tsa.pem")
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder))
    return Authority(folder)


@asynccontextmanager
async def served(authority: Authority) -> AsyncIterator[Authority]:
    """The authority at an address of this machine."""
    app = web.Application()
    app.router.add_post("/tsr", authority.answer)
    async with served_on_loopback(app) as url:
        authority.url = f"{url}/tsr"
        yield authority
