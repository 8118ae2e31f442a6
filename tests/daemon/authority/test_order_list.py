"""The order in which orders are listed."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from noc_tui.api.authority import OrderDocument
from noc_tui.contract.suspension.values import Person
from noc_tui.contract.terms import BilingualText
from noc_tui.daemon.authority.routes import urgency

LEAP_DAY = datetime(2028, 2, 29, 10, tzinfo=UTC)
ORDER = OrderDocument(
    id="A-0001",
    kind="civil",
    authority="Tribunal",
    reference="42/2028",
    legal_basis="",
    scope="x",
    authenticity="called back",
    received_at=LEAP_DAY,
    secrecy="allowed",
    recorded_by=Person(uid=1000, name="omar", role="operator"),
    recorded_at=LEAP_DAY,
    kind_label=BilingualText(fr="Décision", en="Decision"),
    due_at=None,
    seconds_left=None,
    secrecy_over=False,
    preserve_months=0,
)


def test_the_first_deadline_comes_first_then_receipt_and_what_is_over_last() -> None:
    late = replace(ORDER, id="A-0002", due_at=LEAP_DAY + timedelta(days=2))
    soon = replace(ORDER, id="A-0003", due_at=LEAP_DAY + timedelta(hours=1))
    after = replace(ORDER, id="A-0004", received_at=LEAP_DAY + timedelta(hours=1))
    over = replace(ORDER, id="A-0005", state="carried-out")
    listed = sorted([over, after, late, ORDER, soon], key=urgency)
    assert listed == [soon, late, ORDER, after, over]
