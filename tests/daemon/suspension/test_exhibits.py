"""Files behind proofs are kept with their case: in the database, in the pack, until erased."""

import base64
import hashlib
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from noc_tui.api.suspension import Edit, FileContent
from noc_tui.breach_evidence import FILE_BYTES, file_evidence, read_file
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.values import Case, Tick
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import BadRequest
from noc_tui.daemon.core.sent_files import by_digest
from noc_tui.daemon.suspension import exhibits
from noc_tui.daemon.suspension.cases import Cases
from noc_tui.evidence import pack_verifier
from storage.erasure import erase
from storage.evidence import acts_on
from storage.exhibits import EXHIBITS, exhibit_sizes, find_exhibits
from storage.register import TENANTS, Tenant
from storage.verdict import Verdict
from storage.verify import verify
from tests.support.cases import OMAR
from tests.support.changes import TESTER, recorded
from tests.support.context import made_context
from tests.support.packs import unpacked

pytestmark = pytest.mark.anyio
LOG = FileContent("mail.log", b"550 spam\xff\n" * 40)
TENANT = Tenant(
    id="acme", name="Acme", email="it@acme.example.fr", contract_start=None, contract_end=None,
    pools=("rennes/acme",), users=(), groups=(), guest_users=(), endpoints=(), support="none",
    support_billing="", support_perimeter=(),
)  # fmt: skip
DIGEST = hashlib.sha256(LOG.content).hexdigest()


@pytest.fixture
async def context(tmp_path: Path) -> AsyncIterator[Context]:
    async with made_context(tmp_path) as made:
        async with recorded(made.writer) as change:
            await change.put(TENANTS, [TENANT])
        yield made


async def opened(context: Context) -> Case:
    cases = Cases(context)
    return await cases.open(await cases.draft("acme", "charte-breach", OMAR, rehearsal=False))


async def edited(context: Context, case: Case, edit: Edit) -> Case:
    """What the route of an edit does with files."""
    files = by_digest(edit.files)

    async def kept(change: object, case: Case) -> Case:
        await exhibits.keep_files(change, case, edit.ticks or (), files)  # type: ignore[arg-type]
        return case

    event = ev.Edited(at=context.clock.now(), by=OMAR, ticks=edit.ticks)
    return await Cases(context).apply_event(case.id, event, kept)


def ticking(file: FileContent, *files: FileContent) -> Edit:
    return Edit(ticks=(Tick(target="C11", evidence=(file_evidence(file),)),), files=files)


async def held_in_the_log(context: Context, file: FileContent) -> object:
    """How many entries hold the content of a file."""
    ((count,),) = await context.writer.rows(
        "SELECT count(*) FROM evidence_payload WHERE instr(content, ?) > 0",
        (base64.b64encode(file.content)[:40],),
    )
    return count


async def test_a_file_is_kept_as_it_was_sent(context: Context) -> None:
    case = await edited(context, await opened(context), ticking(LOG, LOG))
    (row,) = await find_exhibits(context.writer, case.id, DIGEST[:6].upper())
    assert (row.content, row.size, row.account) == (LOG.content, len(LOG.content), "omar")
    assert verify(context.config.database.path).verdict is Verdict.INTACT
    again = await edited(context, case, ticking(LOG))
    assert again.ticks == case.ticks


async def test_the_log_does_not_hold_a_large_file_twice(context: Context) -> None:
    large = FileContent("core", bytes(range(256)) * 300)
    case = await edited(context, await opened(context), ticking(large, large))
    assert await held_in_the_log(context, large) == 0
    assert verify(context.config.database.path).verdict is Verdict.INTACT
    assert await exhibit_sizes(context.writer, case.id)


async def test_a_proof_without_its_file_is_refused_whole(context: Context) -> None:
    case = await opened(context)
    with pytest.raises(BadRequest, match=r"mail\.log: the file itself is missing"):
        await edited(context, case, ticking(LOG))
    assert len(await acts_on(context.writer, f"suspension:{case.id}")) == 1


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (ticking(FileContent("a", b"a"), FileContent("a", b"a"), LOG), "mail.log: no proof"),
        (ticking(FileContent("a", b""), FileContent("a", b"")), "a: the file is empty"),
        (Edit(files=(FileContent("a", bytes(FILE_BYTES + 1)),)), "a: a file of a case has at most"),
    ],
)
async def test_what_is_no_file_of_the_case_is_refused(
    context: Context, edit: Edit, said: str
) -> None:
    with pytest.raises(BadRequest, match=said):
        await edited(context, await opened(context), edit)


async def test_the_files_of_a_case_together_have_a_limit(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exhibits, "CASE_BYTES", len(LOG.content))
    case = await edited(context, await opened(context), ticking(LOG, LOG))
    other = FileContent("other", b"x")
    with pytest.raises(BadRequest, match="the files of a case"):
        await edited(context, case, ticking(other, other))


async def test_the_pack_has_the_file_and_proves_it(context: Context, tmp_path: Path) -> None:
    case = await edited(context, await opened(context), ticking(LOG, LOG))
    for subject in (f"suspension:{case.id}", "tenant:acme"):
        folder = tmp_path / subject.replace(":", "-")
        pack = unpacked(context.config.database.path, folder, subject=subject)
        kept = pack / "exhibits" / DIGEST
        assert kept.read_bytes() == LOG.content
        assert pack_verifier.verify_files(_files(pack), unsigned=True).verdict == "intact"


def _files(pack: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(pack)): path.read_bytes() for path in pack.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({DIGEST: None}, "incomplete"),
        ({DIGEST: b"550 ham"}, "altered"),
        ({DIGEST: b""}, "altered"),
        ({"ab" * 32: b"planted"}, "altered"),
    ],
)
async def test_a_pack_with_other_files_is_found_out(
    context: Context, tmp_path: Path, changes: dict[str, bytes | None], verdict: str
) -> None:
    case = await edited(context, await opened(context), ticking(LOG, LOG))
    subject = f"suspension:{case.id}"
    files = _files(unpacked(context.config.database.path, tmp_path / "pack", subject=subject))
    for name, content in changes.items():
        files.pop(f"exhibits/{name}", None)
        if content is not None:
            files[f"exhibits/{name}"] = content
    assert pack_verifier.verify_files(_listed_anew(files), unsigned=True).verdict == verdict


def _listed_anew(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files with a manifest that lists them as they are, which nobody signed."""
    manifest = json.loads(files["manifest.json"])
    manifest["files"] = [
        {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in files.items()
        if name != "manifest.json"
    ]
    return files | {"manifest.json": json.dumps(manifest).encode()}


async def test_a_changed_content_is_told(context: Context) -> None:
    case = await edited(context, await opened(context), ticking(LOG, LOG))
    with closing(sqlite3.connect(context.config.database.path)) as db:
        db.isolation_level = None
        db.execute("UPDATE exhibit SET content = x'00' WHERE suspension = ?", (case.id,))
    assert verify(context.config.database.path).verdict is Verdict.ALTERED_ROWS


async def test_an_erased_file_is_gone_everywhere(context: Context, tmp_path: Path) -> None:
    case = await edited(context, await opened(context), ticking(LOG, LOG))
    brought = [act.seq for act in await acts_on(context.writer, f"suspension:{case.id}")][-1]
    async with context.writer.change(TESTER) as change:
        await erase(change, [brought], "its time is over")
    assert await exhibit_sizes(context.writer, case.id) == {DIGEST: len(LOG.content)}
    assert [row.content for row in await EXHIBITS.read(context.writer)] == [b""]
    assert await held_in_the_log(context, LOG) == 0
    assert verify(context.config.database.path).verdict is Verdict.INTACT
    pack = unpacked(context.config.database.path, tmp_path / "pack", subject="tenant:acme")
    assert not (pack / "exhibits").exists()


def test_of_a_file_that_is_too_large_no_more_is_read_than_shows_it(tmp_path: Path) -> None:
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(FILE_BYTES * 4)
    assert len(read_file(large).content) == FILE_BYTES + 1
