"""The bad findings of the hourly examination."""

import re
from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="doctor",
    severity="warning",
    text=N_("{name}: {said}"),
    next_step=N_(
        "Run noc-tui doctor: trust, tokens, privileges and clocks are looked at each hour."
    ),
)


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each bad finding. A warning is how this installation is: `doctor` says it when
    asked.
    """
    for topic, key, level, text in inputs.examined:
        if level == "bad":
            # Figures in the text change from hour to hour, the trouble does not.
            same = re.sub(r"[0-9]+", "#", text)
            yield Violation(
                rule=RULE.id,
                subject=Ref.parse(f"{topic}/{key}/{same}"),
                scope=examined_ref(topic),
                words=(f"name={topic}", f"said={text}"),
            )


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the topics that the examination could not look at."""
    for topic in inputs.unexamined:
        yield Unobserved(examined_ref(topic))


def examined_ref(topic: str) -> Ref:
    """Return the scope of a topic that only the examination observes."""
    return Ref.of("doctor", topic)
