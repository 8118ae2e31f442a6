"""`nocd page`: receivers are told without a daemon, whatever is wrong with the rest of the file."""

import asyncio
import json
from pathlib import Path

import pytest

from noc_tui.cli import nocd
from tests.daemon.paging.test_pager import outside
from tests.support.mailserver import PASSWORD, mail_server
from tests.support.tls import make_tls

pytestmark = pytest.mark.anyio
BASE = """
[database]
path = "database/noc.db"
[socket]
path = "nocd.sock"
"""
BROKEN = """
[[cluster]]
name = "rennes"
site = "nowhere"
endpoints = ["ftp://pve"]
read_token_file = "missing"
"""
WORDS = "nocd is down on bastion"


async def paged(directory: Path, text: str, *words: str) -> int:
    file = directory / "noc.toml"
    file.write_text(BASE + text)
    arguments = ["page", "--lang", "en", "--config", str(file), WORDS, *words]
    return await asyncio.to_thread(nocd, arguments)


def receiver(name: str, url: str, **more: str) -> str:
    lines = {"name": name, "kind": "json", "url": url, **more}
    return "[[oncall.receiver]]\n" + "".join(f'{key} = "{one}"\n' for key, one in lines.items())


async def test_every_receiver_is_told_though_the_rest_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "key"
    key.write_text("a key\n")
    key.chmod(0o600)
    async with outside() as there:
        text = receiver("duty", there.url, secret_file="key") + receiver(
            "gone", "http://127.0.0.1:9"
        )
        assert await paged(tmp_path, text + BROKEN) == 0
        (body,) = there.bodies
        (asked,) = there.got
    told = json.loads(body)
    assert (told["text"], told["severity"], told["state"]) == (WORDS, "critical", "open")
    assert any("sign" in name.lower() for name in asked.headers)
    said = capsys.readouterr().out
    assert "duty: taken" in said
    assert "gone: not taken" in said


async def test_a_mail_is_handed_over_now(tmp_path: Path) -> None:
    served = make_tls(tmp_path, "mail")
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    password.chmod(0o600)
    async with mail_server(served.context, starttls=True) as server:
        smtp = (
            f'[smtp]\nhost = "127.0.0.1"\nport = {server.port}\nsender = "noc@example.fr"\n'
            f'user = "noc"\npassword_file = "password"\nca_file = "{served.ca_file}"\n'
        )
        mail = '[[oncall.receiver]]\nname = "lead"\nkind = "mail"\naddress = "lea@example.fr"\n'
        assert await paged(tmp_path, smtp + mail) == 0
        (envelope,) = server.accepted
    assert envelope.rcpt_tos == ["lea@example.fr"]
    assert WORDS.encode() in (envelope.original_content or b"")


async def test_a_page_that_nobody_takes_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await paged(tmp_path, receiver("gone", "http://127.0.0.1:9")) == 3
    assert await paged(tmp_path, "") == 2
    assert "no receiver is configured" in capsys.readouterr().err


async def test_one_receiver_can_be_tried(tmp_path: Path) -> None:
    async with outside() as there:
        text = receiver("duty", there.url) + receiver("other", "http://127.0.0.1:9")
        assert await paged(tmp_path, text, "--receiver", "other") == 3
        assert there.bodies == []
        assert await paged(tmp_path, text, "--receiver", "duty") == 0
        assert len(there.bodies) == 1
