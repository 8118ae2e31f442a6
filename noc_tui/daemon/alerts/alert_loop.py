"""Evaluates the rules, compares with the stored alerts, and writes each change with its
evidence.
"""

from dataclasses import dataclass, field

from noc_tui.alerts.evaluate import evaluate
from noc_tui.alerts.lifecycle import Advance, AlertMemory, advance
from noc_tui.alerts.unconfigured import find_unconfigured
from noc_tui.daemon.alerts.collect_inputs import InputCollector
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.polling.decommission import NO_LONGER
from storage import oncall
from storage.change import Change
from storage.oncall import ALERTS, Alert

REOPENED = "alert.reopened"
"""The entry's kind when a problem returns within a flap: nobody is paged again, and it is
recorded.
"""


@dataclass(slots=True)
class AlertLoop:
    """Updates the stored alerts."""

    context: Context
    collector: InputCollector
    _memory: AlertMemory = field(default_factory=AlertMemory)

    async def look(self) -> Advance:
        """Evaluate once; commit and publish what changed, and return it."""
        inputs = await self.collector.collect()
        evaluation = evaluate(inputs)
        names = [violation.fingerprint for violation in evaluation.violations]
        known = await oncall.alerts_open_or_named(self.context.writer, names)
        stored = {alert.fingerprint: alert for alert in known}
        dropped = find_unconfigured(inputs, known)
        step = advance(stored, evaluation, self._memory, inputs.now, dropped)
        if not step.rows:
            return step
        async with self.context.writer.change(itself()) as change:
            await self._write(change, step, stored)
        return step

    async def _write(self, change: Change, step: Advance, looked_at: dict[str, Alert]) -> None:
        """Write the changes over what people did to the alerts since they were read."""
        for kind, alerts in (
            ("alert.raised", step.raised),
            ("alert.returned", step.returned),
            ("alert.resolved", step.resolved),
            ("alert.resolved", step.dropped),
            ("", step.changed),
        ):
            for alert in alerts:
                known = await ALERTS.get(change, alert.fingerprint)
                if known != looked_at.get(alert.fingerprint):
                    continue
                entry = None
                event = kind or ("" if known and known.state == alert.state else REOPENED)
                if event:
                    told = _payload(alert, "" if alert not in step.dropped else NO_LONGER)
                    entry = await change.record(event, subjects(alert), told)
                await change.put(ALERTS, [alert], by=entry)


def _payload(alert: Alert, why: str) -> dict[str, object]:
    told: dict[str, object] = {
        "rule": alert.rule,
        "severity": alert.severity,
        "words": list(alert.words),
        "since": alert.since,
    }
    return told | {"why": why} if why else told


def subjects(alert: Alert) -> list[str]:
    """Return the subjects under which an entry about an alert is found."""
    found = [f"alert:{alert.fingerprint}", alert.subject]
    return [*found, f"tenant:{alert.tenant}"] if alert.tenant else found
