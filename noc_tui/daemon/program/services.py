"""The list of the daemon's services, in the order in which they receive a poll."""

from collections.abc import Callable, Sequence

from noc_tui.daemon import outbox
from noc_tui.daemon.alerts import service as alerts
from noc_tui.daemon.authority import service as authority
from noc_tui.daemon.availability import service as availability
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.service import Service
from noc_tui.daemon.database import service as database
from noc_tui.daemon.doctor import service as doctor
from noc_tui.daemon.evacuation import service as evacuation
from noc_tui.daemon.evidence import service as evidence
from noc_tui.daemon.guests import act_requests, console_relay, guest_details, power_requests
from noc_tui.daemon.legal import service as legal
from noc_tui.daemon.monthend import service as monthend
from noc_tui.daemon.payments import service as payments
from noc_tui.daemon.polling import slow
from noc_tui.daemon.promises import service as promises
from noc_tui.daemon.restoration import service as restoration
from noc_tui.daemon.scope import service as scope
from noc_tui.daemon.tenants import service as tenants
from noc_tui.daemon.timekeeping import service as timekeeping

SERVICES: Sequence[Callable[[Context], Service]] = (
    database.build,
    doctor.build,
    evidence.build,
    power_requests.build,
    act_requests.build,
    evacuation.build,
    guest_details.build,
    console_relay.build,
    outbox.build,
    tenants.build,
    slow.build,
    availability.build,
    monthend.build,
    alerts.build,
    authority.build,
    scope.build,
    payments.build,
    legal.build,
    promises.build,
    restoration.build,
    timekeeping.build,
)


def build_services(context: Context) -> list[Service]:
    """Build all services over one context."""
    return [build(context) for build in SERVICES]
