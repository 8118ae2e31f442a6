"""Nothing is said to be well while something waits in triage."""

from noc_tui.console.references import ModeRef
from noc_tui.console.screens.overview.data import OverviewFigures, OverviewMore
from noc_tui.console.screens.overview.lines import quiet_lines
from storage.load_history import HourOfNodes

FIGURES = OverviewFigures(
    sites=[], clusters=[], nodes=[], storages=[], zones=[], facts=[], tasks=[], guests=[],
    bearing=[], backups=[], alerts=[], places={},
)  # fmt: skip
MORE = OverviewMore(
    losses=[], tenants={}, names={}, hour=HourOfNodes({}), days={}, due=[], events=[]
)


def test_nobody_is_needed_where_nothing_waits() -> None:
    first, *_others = quiet_lines(FIGURES, MORE, 0).values()
    assert first.text == "✓ Nothing needs you."


def test_what_waits_in_triage_takes_the_place_of_that_and_opens_it() -> None:
    found = quiet_lines(FIGURES, MORE, 3)
    assert not any("Nothing needs you" in line.text for line in found.values())
    assert found["quiet 0"].text == "▲ 3 to triage"
    assert found["quiet 0"].opens == ModeRef("triage")
    assert min(found.values(), key=lambda line: line.order) == found["quiet 0"]
