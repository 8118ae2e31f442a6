"""One look: what is wrong now against what was, and each change with its evidence."""

from dataclasses import dataclass, field

from noc_tui.daemon.context import Context
from noc_tui.daemon.identity import itself
from noc_tui.daemon.oncall.survey import Survey
from noc_tui.daemon.retiring import NO_LONGER
from noc_tui.oncall.alerts import Advance, Memory, advance
from noc_tui.oncall.dropping import dropped
from noc_tui.oncall.looking import blind, findings, observed
from storage import evidence, oncall
from storage.database import Transaction
from storage.oncall import ALERTS, Alert


@dataclass(slots=True)
class Watch:
    """Keeps the stored alerts true to what is seen."""

    context: Context
    survey: Survey
    _memory: Memory = field(default_factory=Memory)

    async def look(self) -> Advance:
        """Look once; what changed is committed and published."""
        view = await self.survey.view()
        found = findings(view)
        names = [finding.fingerprint for finding in found]
        known = await oncall.concerned(self.context.writer, names)
        stored = {alert.fingerprint: alert for alert in known}
        step = advance(
            stored,
            found,
            blind(view),
            observed(view),
            self._memory,
            view.now,
            dropped(view, known),
        )
        if not step.rows:
            return step
        async with self.context.writer.transaction() as tx:
            await self._write(tx, step, stored)
        self.context.bus.publish(tx.revision)
        return step

    async def _write(self, tx: Transaction, step: Advance, looked_at: dict[str, Alert]) -> None:
        """Write the changes over what people did to the alerts since they were read."""
        for kind, alerts in (
            ("alert.raised", step.raised),
            ("alert.returned", step.returned),
            ("alert.resolved", step.resolved),
            ("alert.resolved", step.dropped),
            ("", step.changed),
        ):
            for alert in alerts:
                if await ALERTS.get(tx, alert.fingerprint) != looked_at.get(alert.fingerprint):
                    continue
                await ALERTS.put(tx, [alert])
                if kind:
                    await evidence.append(
                        tx,
                        kind=kind,
                        actor=itself(),
                        at=tx.at,
                        subjects=subjects(alert),
                        payload=_told(alert, "" if alert not in step.dropped else NO_LONGER),
                    )


def _told(alert: Alert, why: str) -> dict[str, object]:
    told: dict[str, object] = {
        "rule": alert.rule,
        "severity": alert.severity,
        "words": list(alert.words),
        "since": alert.since,
    }
    return told | {"why": why} if why else told


def subjects(alert: Alert) -> list[str]:
    """What an entry about an alert is found by."""
    found = [f"alert:{alert.fingerprint}", alert.subject]
    return [*found, f"tenant:{alert.tenant}"] if alert.tenant else found
