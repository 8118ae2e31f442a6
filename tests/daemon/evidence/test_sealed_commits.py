"""Each commit to the sealed file is signed as those to the database are."""

from pathlib import Path

import pytest

from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import actor, itself
from noc_tui.daemon.evidence.head_signer import HeadSigner
from noc_tui.daemon.evidence.record_watch import DAMAGED, RecordWatch
from noc_tui.daemon.evidence.unsigned_acceptance import accept_unsigned
from storage import evidence
from storage.database import Writer
from storage.heads import key_in_force
from storage.sealed import DIGEST_KIND, SUBJECT, commit_digest, compare_sealed, sealed_path
from storage.signing_rule import read_found_unsigned
from tests.forgeries.chains import append
from tests.forgeries.rows import LEA, forge, sql
from tests.support.context import made_context

pytestmark = pytest.mark.anyio


def sealed_of(context: Context) -> Writer:
    assert context.sealed is not None
    return context.sealed


async def write(context: Context) -> None:
    """An order, and the hour's digest of it on the chain that all read."""
    async with sealed_of(context).change(itself()) as change:
        await change.record("authority.recorded", ["authority:X"], {"reference": "R-1"})
    async with sealed_of(context).change(itself()) as change:
        digest = await commit_digest(change)
    async with context.writer.change(itself()) as change:
        await change.record(DIGEST_KIND, [SUBJECT], {"digest": digest})


def verdict(context: Context) -> str:
    return compare_sealed(context.writer.path).verdict


async def test_what_another_hand_wrote_is_unsigned_until_a_lead_accepts_it(tmp_path: Path) -> None:
    async with made_context(tmp_path, sealing=True) as context:
        await write(context)  # of a version that signed none
        await HeadSigner(context).take_key()
        assert verdict(context) == "intact"
        await write(context)
        assert verdict(context) == "intact"
        path = sealed_path(context.writer.path)
    forge(path, lambda db: append(db, "authority.withdrawn", ["authority:X"], {}))
    async with made_context(tmp_path, sealing=True) as context:
        assert verdict(context) == "unsigned"
        await HeadSigner(context).take_key()
        await write(context)
        assert verdict(context) == "unsigned"
        (found,) = await read_found_unsigned(sealed_of(context))
        async with sealed_of(context).change(actor(LEA)) as change:
            await accept_unsigned(change, LEA, found.entry, "the disk of the key was away")
        assert verdict(context) == "intact"


@pytest.mark.parametrize(
    "what", ["DELETE FROM evidence_current", "UPDATE evidence_current SET line = '{}'"]
)
async def test_a_signature_that_was_taken_away_is_not_made_anew_in_silence(
    tmp_path: Path, what: str
) -> None:
    async with made_context(tmp_path, sealing=True) as context:
        await HeadSigner(context).take_key()
        await write(context)
    forge(sealed_path(context.writer.path), sql(what))
    async with made_context(tmp_path, sealing=True) as context:
        assert verdict(context) != "intact"
        await HeadSigner(context).take_key()
        assert verdict(context) == "unsigned"


async def test_the_sealed_file_follows_a_new_key(tmp_path: Path) -> None:
    async with made_context(tmp_path, sealing=True) as context:
        signer = HeadSigner(context)
        await signer.take_key()
        await write(context)
        await signer.rotate_key(itself())
        await write(context)
        assert verdict(context) == "intact"
        assert await key_in_force(sealed_of(context)) == await key_in_force(context.writer)


async def test_nocd_watches_the_sealed_file_and_says_of_it_the_verdict_alone(
    tmp_path: Path,
) -> None:
    async with made_context(tmp_path, sealing=True) as context:
        await HeadSigner(context).take_key()
        await write(context)
        watch = RecordWatch(context)
        await watch.look_at_sealed()
        assert await watch.read_sealed_verdict() == "intact"
        path = sealed_path(context.writer.path)
        forge(path, sql("UPDATE evidence SET account = 'vera' WHERE kind = 'authority.recorded'"))
        await watch.look_at_sealed()
        await watch.look_at_sealed()
        assert await watch.read_sealed_verdict() == "altered"
        (told,) = await evidence.search(context.writer, evidence.Query(kind=DAMAGED))
        assert (told.subjects, told.payload) == (("evidence:sealed",), '{"verdict":"altered"}')
    (tmp_path / "x").mkdir()
    async with made_context(tmp_path / "x", sealing=True) as context:
        await HeadSigner(context).take_key()
        await write(context)
        path = sealed_path(context.writer.path)
    forge(path, lambda db: append(db, "authority.withdrawn", ["authority:X"], {}))
    async with made_context(tmp_path / "x", sealing=True) as context:
        await HeadSigner(context).take_key()
        watch = RecordWatch(context)
        await watch.look_at_sealed()
        assert await watch.read_sealed_verdict() == "unsigned"
        (found,) = await read_found_unsigned(sealed_of(context))
        async with sealed_of(context).change(actor(LEA)) as change:
            await accept_unsigned(change, LEA, found.entry, "the disk of the key was away")
        assert await watch.read_sealed_verdict() == "intact"
