"""The statements of a closed month: the same bytes, signed so that openssl checks them."""

import base64
import hashlib
import io
import json
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pypdf import PdfReader

from noc_tui.api.months import SignedCredits, SignedPapers
from noc_tui.statement.folder import write_credits, write_papers
from noc_tui.statement.manifest import verify_folder
from storage.database import Writer
from tests.daemon.availability.test_credit_decisions import CLAIM, LONGER, Socket
from tests.daemon.monthend.served import sign_all
from tests.daemon.monthend.test_closing import close
from tests.forgeries.rows import forge, sql
from tests.support.played_estate import Estate

pytestmark = pytest.mark.anyio

PATH = "months/2026-03/statements"


async def papers(socket: Socket, **body: object) -> dict[str, bytes]:
    """The files of zeta's statement by name, each signature as `.sig` beside it."""
    status, answer = await socket.ask("omar", PATH, **{"tenants": ["zeta"], **body})
    assert status == 200, answer
    assert not answer["left_out"], answer["left_out"]
    found = {"key.pem": answer["key"].encode()}
    for one in answer["files"]:
        found[one["name"]] = base64.b64decode(one["content"])
        found[f"{one['name']}.sig"] = base64.b64decode(one["signature"])
    return found


def words(pdf: bytes) -> str:
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    return " ".join("\n".join(pages).split())


def checked(folder: Path, name: str) -> "subprocess.CompletedProcess[bytes]":
    """The command of docs/evidence.md."""
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin"]
    words = [*command, "-in", name, "-sigfile", f"{name}.sig"]
    return subprocess.run(words, cwd=folder, capture_output=True, check=False)


async def test_openssl_checks_each_file_and_refuses_another(
    socket: Socket, estate: Estate, writer: Writer, tmp_path: Path
) -> None:
    assert (await close(socket, estate, writer))[0] == 201
    await sign_all(estate.context)
    found = await papers(socket)
    for name, content in found.items():
        (tmp_path / name).write_bytes(content)
    names = ["2026-03-zeta.html", "2026-03-zeta.md", "2026-03-zeta.pdf"]
    assert sorted(one for one in found if one + ".sig" in found) == names
    for name in names:
        assert checked(tmp_path, name).returncode == 0, name
    (tmp_path / names[2]).write_bytes(found[names[2]] + b"\n")
    assert checked(tmp_path, names[2]).returncode != 0


async def test_the_bytes_are_the_same_until_an_entry_changes_them_and_then_say_so(
    socket: Socket, estate: Estate, writer: Writer
) -> None:
    await close(socket, estate, writer)
    await sign_all(estate.context)
    first = await papers(socket)
    await estate.poll(3)
    await sign_all(estate.context)
    assert await papers(socket) == first
    text = words(first["2026-03-zeta.pdf"])
    assert "Relevé définitif" in text
    assert "clôture 1" in text
    assert hashlib.sha256(first["2026-03-zeta.md"]).digest()

    await socket.ask("lea", "months/2026-03/reopen", reason="a late file of the client")
    await sign_all(estate.context)
    again = words((await papers(socket))["2026-03-zeta.pdf"])
    assert "Relevé rectifié" in again
    assert "a late file of the client" in again
    assert "peuvent encore changer" in again
    assert (await socket.ask("omar", "outages", **LONGER))[0] == 201
    await close(socket, estate, writer)
    await sign_all(estate.context)
    english = words((await papers(socket, language="en"))["2026-03-zeta.pdf"])
    assert "Corrected statement" in english
    assert "closing 2" in english
    assert "may still change" not in english


async def left(socket: Socket, **body: object) -> Any:
    status, answer = await socket.ask("omar", PATH, **body)
    assert status == 200, answer
    return {one["tenant"]: one["why"] for one in answer["left_out"]}


async def test_what_the_record_does_not_bear_out_is_not_signed(
    socket: Socket, estate: Estate, writer: Writer
) -> None:
    await sign_all(estate.context)
    forge(writer.path, sql("UPDATE tenant_amount SET amount = '9.00' WHERE tenant = 'zeta'"))
    found = await left(socket, tenants=["zeta", "nobody"])
    assert "tenant_amount" in found["zeta"]
    assert "nobody" in found["nobody"]


async def test_nothing_is_signed_without_a_key_or_beyond_what_a_request_may_ask(
    socket: Socket, estate: Estate
) -> None:
    assert (await socket.ask("omar", PATH, tenants=["zeta"]))[0] == 503
    await sign_all(estate.context)
    assert (await socket.ask("omar", PATH, tenants=[]))[0] == 400
    assert (await socket.ask("omar", PATH, tenants=[f"t{n}" for n in range(21)]))[0] == 400
    assert (await socket.ask("vera", PATH, tenants=["zeta"]))[0] == 403


async def test_a_manifest_goes_on_with_the_one_before_and_with_no_other(
    socket: Socket, estate: Estate, writer: Writer
) -> None:
    await close(socket, estate, writer)
    await sign_all(estate.context)
    _status, first = await socket.ask("omar", PATH, tenants=["zeta"])
    before = {one: first[one] for one in ("manifest", "manifest_signature")}
    status, second = await socket.ask("omar", PATH, tenants=["nobody"], **before)
    assert status == 200, second
    said = json.loads(base64.b64decode(second["manifest"]))
    assert {one["tenant"] for one in said["files"]} == {"zeta"}
    assert [one["tenant"] for one in said["left_out"]] == ["nobody"]
    forged = base64.b64decode(before["manifest"]).replace(b'"zeta"', b'"acme"')
    others = (
        before | {"manifest": base64.b64encode(forged).decode()},
        before | {"language": "en"},
        {"manifest": before["manifest"]},
    )
    for other in others:
        assert (await socket.ask("omar", PATH, tenants=["zeta"], **other))[0] == 400


async def test_a_statement_of_before_a_grant_is_bound_into_no_later_folder(
    socket: Socket, estate: Estate, writer: Writer
) -> None:
    """The closing is the same: a credit is granted without the month being reopened."""
    await socket.ask("olga", "credits/zeta/2026-03/claim", **CLAIM)
    await close(socket, estate, writer)
    await sign_all(estate.context)
    _status, first = await socket.ask("omar", PATH, tenants=["zeta"])
    before = {one: first[one] for one in ("manifest", "manifest_signature")}
    assert (await socket.ask("omar", PATH, tenants=["nobody"], **before))[0] == 200
    assert (await socket.ask("lea", "credits/zeta/2026-03/grant"))[0] == 200
    await sign_all(estate.context)
    status, answer = await socket.ask("omar", PATH, tenants=["nobody"], **before)
    assert (status, "zeta" in str(answer), "begin anew" in str(answer)) == (409, True, True)
    assert (await socket.ask("omar", PATH, tenants=["zeta"], **before))[0] == 200


async def test_a_statement_of_before_a_reopening_is_bound_into_no_later_folder(
    socket: Socket, estate: Estate, writer: Writer
) -> None:
    await close(socket, estate, writer)
    await sign_all(estate.context)
    _status, first = await socket.ask("omar", PATH, tenants=["zeta"])
    before = {one: first[one] for one in ("manifest", "manifest_signature")}
    said = json.loads(base64.b64decode(first["manifest"]))
    assert said["closing"]["number"] == 1
    assert {one["closed_by"] for one in said["files"]} == {said["closing"]["entry"]}

    await socket.ask("lea", "months/2026-03/reopen", reason="a late file of the client")
    await sign_all(estate.context)
    status, answer = await socket.ask("omar", PATH, tenants=["nobody"], **before)
    assert (status, "begin anew" in str(answer)) == (409, True)
    assert (await socket.ask("omar", "outages", **LONGER))[0] == 201
    await close(socket, estate, writer)
    await sign_all(estate.context)
    assert (await socket.ask("omar", PATH, tenants=["nobody"], **before))[0] == 409
    _status, again = await socket.ask("omar", PATH, tenants=["zeta"])
    said = json.loads(base64.b64decode(again["manifest"]))
    assert said["closing"]["number"] == 2


async def exported(socket: Socket, first: dict[str, Any], who: str = "omar") -> tuple[int, Any]:
    before = {one: first[one] for one in ("manifest", "manifest_signature")}
    return await socket.ask(who, "months/2026-03/credits", **before)


def export_in(answer: dict[str, Any]) -> SignedCredits:
    return msgspec.convert(answer, SignedCredits)


async def test_the_credits_are_signed_into_the_folder_of_the_same_closing(
    socket: Socket, estate: Estate, writer: Writer, tmp_path: Path
) -> None:
    await socket.ask("olga", "credits/zeta/2026-03/claim", **CLAIM)
    await close(socket, estate, writer)
    assert (await socket.ask("lea", "credits/zeta/2026-03/grant"))[0] == 200
    await sign_all(estate.context)
    _status, first = await socket.ask("omar", PATH, tenants=["zeta"])
    status, answer = await exported(socket, first)
    assert status == 200, answer
    assert (answer["rows"], answer["left_out"]) == (1, [])
    assert b"AV-2026-03-zeta-" in base64.b64decode(answer["content"])
    folder = tmp_path / "papers"
    write_papers(folder, [msgspec.convert(first, SignedPapers)])
    write_credits(folder, export_in(answer))
    assert verify_folder(folder).verdict == "intact"
    assert checked(folder, "avoirs-2026-03.csv").returncode == 0
    forged = first | {"manifest_signature": base64.b64encode(b"s" * 64).decode()}
    assert (await exported(socket, forged))[0] == 400
    assert (await exported(socket, first, "vera"))[0] == 403
    await socket.ask("lea", "months/2026-03/reopen", reason="a late file")
    assert (await exported(socket, first))[0] == 409


async def test_a_credit_that_the_record_does_not_bear_out_is_in_no_signed_export(
    socket: Socket, estate: Estate, writer: Writer
) -> None:
    await socket.ask("olga", "credits/zeta/2026-03/claim", **CLAIM)
    await close(socket, estate, writer)
    await socket.ask("lea", "credits/zeta/2026-03/grant")
    await sign_all(estate.context)
    _status, first = await socket.ask("omar", PATH, tenants=["nobody"])
    forge(writer.path, sql("UPDATE tenant_amount SET amount = '9.00' WHERE tenant = 'zeta'"))
    status, answer = await exported(socket, first)
    assert (status, answer["rows"]) == (200, 0), answer
    assert [one["tenant"] for one in answer["left_out"]] == ["zeta"]
    assert b"zeta" not in base64.b64decode(answer["content"])
