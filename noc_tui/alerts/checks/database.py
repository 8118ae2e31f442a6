"""The database of `nocd`, when nothing can be written to it.

While that lasts no alert can be stored either: those on call are told by `nocd` from memory, and
the alert is raised when writing works again, since its beginning.
"""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="database",
    severity="critical",
    text=N_("the database could not be written: {blocked}"),
    next_step=N_("Check what was not measured meanwhile: the ledger shows it as unmeasured."),
)

_DATABASE = Ref.of("machine", "database")


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """An interruption of writing, as long as it lasts and shortly after; a brief one wakes nobody,
    since nothing is lost of what was seen meanwhile.
    """
    if inputs.interrupted is not None:
        kind, since = inputs.interrupted
        yield Violation(
            rule=RULE.id,
            subject=_DATABASE,
            words=(f"blocked={kind}",),
            since=since,
            severity="warning" if inputs.interrupted_briefly else "",
        )


def unobserved(_inputs: AlertInputs) -> Iterator[Unobserved]:
    """Nothing: who looks knows whether it can write."""
    yield from ()
