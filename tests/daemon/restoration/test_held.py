"""What was queued before a restore leaves only after a lead has read it; what is new leaves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from noc_tui.api import restoration as api
from noc_tui.config import Secret, Secrets, Smtp
from noc_tui.config.values import OnCallConfig, Receiver
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import BadRequest, Conflict
from noc_tui.daemon.core.hold import HoldInForce
from noc_tui.daemon.core.server import Call
from noc_tui.daemon.guests.power_requests import PowerService
from noc_tui.daemon.outbox import Mail, Outbox, build, queue_mail
from noc_tui.daemon.paging.pager import Pager
from noc_tui.daemon.restoration.service import RestorationService
from noc_tui.roles import Caller, Role
from storage import files, intents, oncall, outbox, restoration
from storage.database import Writer
from storage.evidence import Actor
from storage.oncall import ALERTS, Alert
from storage.outbox import MESSAGES
from storage.verdict import Verdict
from storage.verify import verify
from tests.support.changes import recorded
from tests.support.context import START, made_context
from tests.support.mailserver import PASSWORD, MailServer, mail_server
from tests.support.tls import Served, make_tls
from tests.support.waiting import PATIENCE_SECONDS, until

pytestmark = pytest.mark.anyio
OMAR = Actor(1001, "omar")
LEA = Caller(1003, "lea", Role.LEAD)
OLD = Alert(
    "node:r/1", "node", "critical", "cluster:r", "node:r/1", "", ("name=1", "status=off"),
    None, "open", START, 1, None, None, "", "", None, "", None,
)  # fmt: skip
NEW = msgspec.structs.replace(OLD, fingerprint="node:r/2", subject="node:r/2")


def mail(subject: str) -> Mail:
    return Mail(
        sender="noc@example.fr", recipient="client@acme.example", subject=subject, body="texte"
    )


async def queued(writer: Writer, subject: str) -> str:
    async with writer.change(OMAR) as change:
        return await queue_mail(
            change, mail(subject), about="tenant:acme", purpose=subject, actor=OMAR, subjects=()
        )


async def restore_onto_itself(path: Path) -> None:
    """A copy of the database in its own place, as `nocd restore` does it."""
    backup = path.parent.parent / "backup.db"

    def restore() -> None:
        files.copy(path, backup)
        found = restoration.compare(backup, path)
        restoration.restore(backup, path, found, Actor(0, "root"), START)

    await asyncio.to_thread(restore)


@asynccontextmanager
async def restored(directory: Path, server: MailServer, tls: Served) -> AsyncIterator[Context]:
    """A daemon's context after a restore of a file that held a mail, an alert and an order."""
    smtp = Smtp(
        host="127.0.0.1",
        port=server.port,
        sender="noc@example.fr",
        user="noc",
        ca_file=tls.ca_file,
        timeout=PATIENCE_SECONDS,
    )
    secrets = Secrets(smtp_password=Secret(PASSWORD))
    async with made_context(directory, smtp=smtp, secrets=secrets) as before:
        await queued(before.writer, "old")
        await queued(before.writer, "over")
        async with recorded(before.writer) as change:
            await change.put(ALERTS, [OLD])
            await intents.create(
                change, kind="guest.power", subject="guest:r/1",
                payload={"cluster": "r", "vmid": 1, "action": "stop"}, uid=1001, account="omar",
            )  # fmt: skip
        path = before.writer.path
    await restore_onto_itself(path)
    async with made_context(directory, smtp=smtp, secrets=secrets) as after:
        after.held.become((await HoldInForce.read(after.writer)).hold)
        yield after


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Served:
    return make_tls(tmp_path_factory.mktemp("tls"))


async def emptied(part: Outbox, context: Context) -> None:
    """Everything that is due and not held is sent."""
    now = context.clock.now()
    for message in await outbox.due(context.writer, "mail", now, context.held.mails):
        await part.attempt(message)


async def states(context: Context) -> dict[str, str]:
    rows = await MESSAGES.read(context.writer)
    return {row.purpose: row.state for row in rows}


async def asked(part: RestorationService) -> api.Held:
    return await part.held(Call(LEA, None, {}, {}))


async def test_old_mails_orders_and_alerts_wait_and_new_ones_leave(
    tmp_path: Path, tls: Served
) -> None:
    async with (
        mail_server(tls.context, starttls=True) as server,
        restored(tmp_path, server, tls) as context,
    ):
        part, service = build(context), RestorationService(context)
        await queued(context.writer, "new")
        await emptied(part, context)
        assert await states(context) == {"old": "queued", "over": "queued", "new": "accepted"}

        receiver = Receiver(name="duty", kind="json", url="http://127.0.0.1:9/x")
        oncalled = msgspec.structs.replace(
            context.config, oncall=OnCallConfig(receivers=(receiver,))
        )
        pager = Pager(
            Context(
                config=oncalled, secrets=context.secrets, terms=context.terms,
                clock=context.clock, writer=context.writer, gateways={}, estate=context.estate,
                bus=context.bus, logger=context.logger, held=context.held,
            )
        )  # fmt: skip
        async with recorded(context.writer) as change:
            await change.put(ALERTS, [NEW])
        await pager.queue()
        assert [page.fingerprint for page in await oncall.open_pages(context.writer)] == [
            NEW.fingerprint
        ]

        power = asyncio.create_task(PowerService(context).run())
        await asyncio.sleep(0.1)
        (order,) = await intents.open_intents(context.writer)
        assert order.state == "pending"

        held = await asked(service)
        kinds = [one.item.partition(":")[0] for one in held.items]
        assert kinds == ["mail", "mail", "alert", "order"]
        assert "client@acme.example: old" in [one.what for one in held.items]
        over = next(one.item for one in held.items if one.what.endswith("over"))
        with pytest.raises(Conflict):
            await service.resume(Call(LEA, api.Leave("another list"), {}, {}))
        with pytest.raises(BadRequest):
            await service.resume(Call(LEA, api.Leave(held.seen, ("order:99",)), {}, {}))
        alert = next(one.item for one in held.items if one.item.startswith("alert:"))
        left = await service.resume(Call(LEA, api.Leave(held.seen, (over, alert)), {}, {}))
        assert not left.held
        await pager.queue()
        pages = await oncall.open_pages(context.writer)
        assert [page.fingerprint for page in pages] == [NEW.fingerprint], "it was dropped"
        await emptied(part, context)
        assert await states(context) == {"old": "accepted", "over": "refused", "new": "accepted"}
        await until(lambda: intents.open_intents(context.writer), lambda orders: not orders)
        power.cancel()
        await asyncio.gather(power, return_exceptions=True)
        assert (await HoldInForce.read(context.writer)).hold is None
        report = await asyncio.to_thread(verify, context.writer.path)
        assert report.verdict is Verdict.INTACT, report.reason
        with pytest.raises(Conflict):
            await service.resume(Call(LEA, api.Leave(held.seen), {}, {}))
