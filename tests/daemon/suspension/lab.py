"""A tenant on a simulated cluster, a mail server, and the daemon's parts that suspend: all real but
the time, which runs faster.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from noc_tui.cluster.connection_config import ApiToken, CallLimits, ClusterAccess
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.snapshot import ClusterSnapshot
from noc_tui.config import Secret, Secrets, Smtp
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.approval import digest, rule_for
from noc_tui.contract.suspension.values import (
    BARRIER,
    Case,
    NoticeText,
    Person,
    Plan,
    Schedule,
    Tick,
)
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.service import PollResult
from noc_tui.daemon.outbox import build as build_outbox
from noc_tui.daemon.polling.snapshot_rows import guest as guest_row
from noc_tui.daemon.suspension import store
from noc_tui.daemon.suspension.case_edits import tenant_accounts
from noc_tui.daemon.suspension.exclusion import end_exclusion
from noc_tui.daemon.suspension.scope import read_scope
from noc_tui.daemon.suspension.service import SuspensionService
from noc_tui.daemon.suspension.service import build as build_suspensions
from noc_tui.simulator.model.cluster import Cluster
from noc_tui.simulator.model.guest import Guest
from noc_tui.simulator.options import Options
from noc_tui.simulator.simulator import Simulator
from storage import suspension as stored
from storage.guests import GUESTS
from storage.inventory import SOURCES, Source
from storage.register import Register, Tenant, replace_register
from tests.support.cases import ANSWERS, AT_ONCE, LEA, OMAR, PROOF, TERMS
from tests.support.changes import recorded
from tests.support.context import START, made_context
from tests.support.leaping_clock import LeapingClock
from tests.support.mailserver import PASSWORD, MailServer, mail_server
from tests.support.tls import Served
from tests.support.waiting import PATIENCE_SECONDS, until

SPEED = 120.0
CLUSTER = "rennes"
DUE_SECONDS = 1e9  # time runs fast here: a cluster is out of reach where a test says so
LOOKS_A_POLL = 8
LOOK_SECONDS = 0.03


@dataclass
class Lab:
    """The daemon's parts over one cluster; `restart` is another daemon over the same file."""

    simulator: Simulator
    context: Context
    mail: MailServer
    clock: LeapingClock
    parts: "list[asyncio.Task[None]]" = field(default_factory=list)
    part: SuspensionService = field(init=False)

    def __post_init__(self) -> None:
        self.part = build_suspensions(self.context)

    @property
    def cluster(self) -> Cluster:
        return self.simulator.world.clusters[CLUSTER]

    def guest(self, vmid: int) -> Guest:
        return self.cluster.guests[vmid]

    def place(self, vmid: int, node: str) -> None:
        """Migrate a guest in no time."""
        self.guest(vmid).node = node
        self.cluster.touch()

    async def start(self) -> None:
        await self.poll()
        outbox = build_outbox(self.context)
        self.parts = [asyncio.create_task(self.part.run()), asyncio.create_task(outbox.run())]

    async def stop(self) -> None:
        for task in self.parts:
            task.cancel()
        await asyncio.gather(*self.parts, return_exceptions=True)

    async def restart(self) -> None:
        await self.stop()
        self.part = build_suspensions(self.context)
        await self.start()

    async def poll(self) -> None:
        snapshot = await self.context.gateways[CLUSTER].fast_poll()
        self.context.estate.remember(snapshot)
        await self.remember(snapshot)
        at = snapshot.observed_at
        await self.part.polled(PollResult(CLUSTER, at, snapshot, None, None, 0))

    async def remember(self, snapshot: ClusterSnapshot) -> None:
        """What a poll writes of guests, and of how fresh they are."""
        at = snapshot.observed_at
        seen = Source(snapshot.cluster, "fast", at, at, None, None, DUE_SECONDS)
        rows = [guest_row(snapshot.cluster, one) for one in snapshot.guests.values()]
        async with recorded(self.context.writer) as change:
            others = await GUESTS.where(change, "cluster <> ?", snapshot.cluster)
            await change.put(SOURCES, [seen])
            await change.replace(GUESTS, [*others, *rows])

    async def slow_poll(self) -> None:
        self.context.estate.remember_slow(await self.context.gateways[CLUSTER].slow_poll())

    async def tell(self, case: Case, event: ev.Event) -> Case:
        return await self.part.cases.apply_event(case.id, event)

    async def load(self, case: Case) -> Case:
        return await store.load(self.context.writer, case.id)

    async def until(
        self, case: Case, reached: Callable[[Case], bool], *, poll: bool = True
    ) -> Case:
        """The case once that is so."""
        found, _guests = await until(
            lambda: self._with_guests(case),
            lambda now: reached(now[0]),
            meanwhile=self.now_and_then() if poll else None,
            every=LOOK_SECONDS,
        )
        return found

    async def _with_guests(self, case: Case) -> tuple[Case, list[tuple[int, str, str]]]:
        """The case, and what is said of its guests: a wait in vain tells both."""
        rows = await stored.guests_of(self.context.writer, case.id)
        return await self.load(case), [(row.vmid, row.state, row.detail) for row in rows]

    def now_and_then(self) -> Callable[[], Awaitable[None]]:
        """What to do between two looks: poll after some of them."""
        looks = itertools.count(1)

        async def poll() -> None:
            if next(looks) % LOOKS_A_POLL == 0:
                await self.poll()

        return poll

    async def state(self, case: Case, state: str, *, poll: bool = True) -> Case:
        return await self.until(case, lambda now: now.state == state, poll=poll)

    async def draft(
        self,
        ground: str = "service-threat",
        *,
        means: tuple[str, ...] = ("vm_cut_network",),
        vmids: tuple[int, ...] = (),
        rehearsal: bool = False,
        barred: bool = True,
        ports: tuple[str, ...] = (),
        schedule: Schedule | None = None,
    ) -> Case:
        """A draft by omar in which every step is done; all the tenant's guests if none is named.
        The client's access is withdrawn as well, unless not `barred`.
        """
        draft = await self.part.cases.draft("acme", ground, OMAR, rehearsal)
        case = await self.part.cases.open(draft)
        there = await read_scope(self.context.writer, self.context.config, "acme", self.now())
        guests = tuple(row for row in there.planned() if not vmids or row.ref.vmid in vmids)
        ticks = [
            Tick(target=row.id, evidence=PROOF)
            for row in TERMS.requirements
            if row.kind == "evidence"
        ]
        if ground == "charte-breach":
            ticks.append(Tick(target="C7", evidence=PROOF))
        plan = Plan(
            scope="guests",
            guests=guests,
            means=(*means, BARRIER) if barred else means,
            ports=ports,
            barrier=await tenant_accounts(self.context.writer, "acme") if barred else (),
            schedule=AT_ONCE if schedule is None else schedule,
        )
        return await self.tell(
            case,
            ev.Edited(
                at=self.now(),
                by=OMAR,
                plan=plan,
                facts=ANSWERS | self.window(),
                ticks=tuple(ticks),
                text=NoticeText(subject="Suspension", body="Bonjour\n"),
            ),
        )

    def window(self) -> dict[str, str]:
        """The answers of a maintenance that was announced in time and has begun."""
        day = timedelta(days=1)
        times = {"announced_at": -3 * day, "window_start": -day / 24, "window_end": day}
        return {key: (self.now() + at).isoformat() for key, at in times.items()}

    async def ordered(self, case: Case, by: Person = OMAR) -> Case:
        """Carry a draft to its order: checked, approved where that is needed, told."""
        case = await self.tell(case, ev.Checked(at=self.now(), by=by))
        if rule_for(case, TERMS) != "none":
            case = await self.tell(case, ev.Approved(at=self.now(), by=LEA, seen=digest(case)))
        ground = TERMS.ground(case.ground)
        if ground.notice == "after":
            aside = ev.NoticeSetAside(at=self.now(), by=by, mode="after")
            case = await self.tell(case, aside)
        else:
            await self.part.notices.send(case.id, by)
            case = await self.until(case, lambda now: now.notice.delivery == "accepted")
        order = ev.Ordered(
            at=self.now(),
            by=by,
            typed_name=case.tenant_name,
            seen=digest(case),
            ran=tuple(row.ref for row in case.plan.guests if self.part.measures.runs(row.ref)),
        )
        case = await self.tell(case, order)
        await self.part.runner.start_or_stop_work(case)
        return case

    async def suspended(self, ground: str = "service-threat", **how: object) -> Case:
        case = await self.ordered(await self.draft(ground, **how))  # type: ignore[arg-type]  # its own keywords
        return await self.state(case, "suspended")

    async def restored(self, case: Case, state: str = "closed") -> Case:
        event = ev.Remedied(at=self.now(), by=OMAR, found="clean")
        case = await self.part.cases.apply_event(case.id, event, end_exclusion)
        case = await self.tell(case, ev.RestoreOrdered(at=self.now(), by=OMAR))
        await self.part.runner.start_or_stop_work(case)
        return await self.state(case, state)

    def now(self) -> datetime:
        return self.context.clock.now()

    def world(self, vmids: tuple[int, ...]) -> dict[str, object]:
        """All that a suspension may touch, parsed, to be compared before and after."""
        return {str(vmid): touched(self.cluster, vmid) for vmid in vmids}

    @property
    def writes(self) -> list[str]:
        """The changing calls that reached the cluster."""
        counts = self.simulator.world.requests
        return [key for key in counts if key.split()[1] not in ("GET",)]


def touched(cluster: Cluster, vmid: int) -> dict[str, object]:
    """All of a guest that a suspension may touch, parsed."""
    guest = cluster.guests[vmid]
    config = {
        key: _parsed(str(value)) if key.startswith("net") else value
        for key, value in guest.config.items()
        if key not in ("digest", "lock")
    }
    acl = cluster.access.acl.get(f"/vms/{vmid}", {})
    service = cluster.ha.get(guest.sid)
    return {
        "config": config,
        "running": guest.running,
        "acl": {str(key): dict(roles) for key, roles in acl.items()},
        "ha": None if service is None else service.state,
        "firewall": {k: v for k, v in guest.firewall.items() if k != "digest"},
        "rules": [dict(rule) for rule in guest.rules],
        "pending": dict(guest.pending),
    }


def _parsed(line: str) -> frozenset[str]:
    return frozenset(line.split(","))


@asynccontextmanager
async def made_lab(directory: Path, tls: Served, *, sealing: bool = False) -> AsyncIterator[Lab]:
    """A lab in that directory, its parts running."""
    clock = LeapingClock(START, SPEED)
    options = Options(guests=5, tenants=2, delay_scale=0)  # three of them acme's
    async with AsyncExitStack() as stack:
        (directory / "sim").mkdir()
        simulator = await stack.enter_async_context(Simulator(options, clock, directory / "sim"))
        mail = await stack.enter_async_context(mail_server(tls.context, starttls=True))
        here = next(end for end in simulator.clusters if end.name == CLUSTER)
        access = ClusterAccess(
            name=CLUSTER,
            endpoints=here.urls,
            read_token=ApiToken.parse(here.token),
            action_token=ApiToken.parse(here.action_token),
            ca_file=Path(here.ca_file),
            limits=CallLimits(silence=3.0, read=9.0, write_silence=3.0, write=9.0, pause=0.5),
        )
        gateway = Gateway(access, clock)
        stack.push_async_callback(gateway.close)
        smtp = Smtp(
            host="127.0.0.1",
            port=mail.port,
            sender="noc@example.fr",
            user="noc",
            ca_file=tls.ca_file,
            timeout=PATIENCE_SECONDS,
        )
        secrets = Secrets(smtp_password=Secret(PASSWORD))
        context = await stack.enter_async_context(
            made_context(
                directory,
                clock=clock,
                smtp=smtp,
                secrets=secrets,
                gateways={CLUSTER: gateway},
                sealing=sealing,
            )
        )
        tenant = next(row for row in simulator.tenants if CLUSTER in row.clusters)
        async with recorded(context.writer) as change:
            await replace_register(change, Register(tenants=[_tenant(tenant.pool, tenant.users)]))
        lab = Lab(simulator, context, mail, clock)
        await lab.start()
        stack.push_async_callback(lab.stop)
        yield lab


def _tenant(pool: str, users: tuple[str, ...]) -> Tenant:
    return Tenant(
        id="acme",
        name="Acme",
        email="direction@acme.example",
        contract_start=date(2025, 1, 1),
        contract_end=None,
        pools=(f"{CLUSTER}/{pool}",),
        users=users,
        groups=(),
        guest_users=(),
        endpoints=(),
        support="none",
        support_billing="",
        support_perimeter=(),
    )
