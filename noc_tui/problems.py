"""Lists the present problems, the worst first, from alert rules and stored alerts.

Rules whose rows a console reads anyway are evaluated here, so that they hold while `nocd` is down
and before an alert is confirmed; of all others the stored alerts speak.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import msgspec
from msgspec.structs import replace

from noc_tui.alerts.checks import (
    abroad,
    backup,
    ceph,
    endpoints,
    guest,
    ha_manager,
    node,
    node_disk,
    node_maintenance_offline,
    node_zfs,
    quorum,
    sdn_zone,
    source,
    storage_full,
    storage_missing,
    stuck,
)
from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import SEVERITIES, Check, Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_, _
from noc_tui.labels.alerts import fill_text, text_of
from noc_tui.ref import Ref
from noc_tui.text import visible
from storage.oncall import Alert

CRITICAL, WARNING, NOTICE = SEVERITIES
UNKNOWN = "unknown"
"""The severity of what nobody can see; a notice is for one of these days: nothing is wrong yet."""
_ORDER = (CRITICAL, UNKNOWN, WARNING, NOTICE)

FROM_ROWS: tuple[Check, ...] = (
    source, stuck, quorum, ha_manager, node, node_maintenance_offline, ceph, sdn_zone,
    storage_missing, node_zfs, node_disk, storage_full, endpoints, abroad,
)  # fmt: skip
"""The rules evaluated here, causes before what they lead to."""
COUNTED = (guest.RULE.id, backup.RULE.id)
"""The rules evaluated here on counts: a screen does not read a row per guest."""
_CAUSES = tuple(check.RULE.id for check in FROM_ROWS[:-1])
_HERE = frozenset((*(check.RULE.id for check in FROM_ROWS), *COUNTED))

GUESTS, UNSEEN_GUESTS = "guests", "unknown"
"""The kinds of subject of a cluster's guests in trouble, and of those in an unknown state."""
_BACKUPS = {
    "missing": N_("guests without any backup on the second site: {n}"),
    "failed": N_("guests whose last backup failed: {n}"),
    "stale": N_("guests whose backup is too old: {n}"),
}

_NO_PLACES: Mapping[str, int] = {}


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong; `key` stays the same while it lasts, `subject` is what it is about.

    `severity` is critical, unknown, warning, or notice, which the overview leaves to triage;
    `place` is that of its tenant in the order of who is nearest to a credit.
    """

    key: str
    severity: str
    where: str
    text: str
    rule: str = ""
    subject: Ref = Ref("")
    place: int = 0
    since: datetime | None = None

    @property
    def rank(self) -> tuple[int, int, int, str]:
        """The worst first, causes before what they lead to, tenants nearest to a credit first."""
        cause = _CAUSES.index(self.rule) if self.rule in _CAUSES else len(_CAUSES)
        return _ORDER.index(self.severity), cause, self.place, self.key


def find_problems(
    inputs: AlertInputs, alerts: Iterable[Alert], places: Mapping[str, int] = _NO_PLACES
) -> list[Problem]:
    """Return the problems that these rows and the stored open alerts show.

    `places` are those of tenants in the order of who is nearest to a credit.
    """
    return [
        *(one for check in FROM_ROWS for one in _from_rows(check, inputs)),
        *_guests(inputs),
        *_backups(inputs),
        *(problem_of(alert, places) for alert in alerts if _is_shown(alert, inputs)),
    ]


def find_violations(inputs: AlertInputs) -> list[Violation]:
    """Return the violations that these rows alone show, one per guest."""
    return [
        replace(one, severity=one.severity or check.RULE.severity)
        for check in (*FROM_ROWS, guest)
        for one in check.violations(inputs)
    ]


def _from_rows(check: Check, inputs: AlertInputs) -> Iterator[Problem]:
    """A rule's violations; what is unknown of a subject stands instead of what is supposed."""
    unknown = {}
    if check.RULE.unobserved_text:
        unknown = {one.ref: one for one in check.unobserved(inputs)}
        yield from (_of_unobserved(check.RULE, one) for one in unknown.values())
    for violation in check.violations(inputs):
        if violation.subject not in unknown:
            yield _of_violation(check.RULE, violation)


def _of_violation(rule: Rule, violation: Violation) -> Problem:
    return Problem(
        key=violation.fingerprint,
        severity=violation.severity or rule.severity,
        where=visible(violation.subject.first),
        text=fill_text(rule.text, _within(violation.subject, violation.words)),
        rule=violation.rule,
        subject=violation.subject,
        since=violation.since,
    )


def _of_unobserved(rule: Rule, unobserved: Unobserved) -> Problem:
    return Problem(
        key=f"{rule.id}:{unobserved.ref}",
        severity=UNKNOWN,
        where=visible(unobserved.ref.first),
        text=fill_text(rule.unobserved_text, _within(unobserved.ref, unobserved.words)),
        rule=rule.id,
        subject=unobserved.ref,
        since=unobserved.since,
    )


def _within(subject: Ref, words: Iterable[str]) -> list[str]:
    """The words, without the cluster before a name: it is said beside the text."""
    prefix = f"name={subject.first}/"
    return [f"name={one.removeprefix(prefix)}" if one.startswith(prefix) else one for one in words]


def _guests(inputs: AlertInputs) -> Iterator[Problem]:
    """Guests in trouble, and guests whose state nobody knows, by cluster."""
    trouble: dict[str, Counter[str]] = {}
    unknown: Counter[str] = Counter()
    for count in inputs.guest_counts:
        if count.status in guest.TROUBLE:
            by_severity = trouble.setdefault(count.cluster, Counter())
            by_severity[guest.TROUBLE[count.status]] += count.number
        elif count.status == UNKNOWN:
            unknown[count.cluster] += count.number
    for cluster, numbers in trouble.items():
        worst = min(numbers, key=SEVERITIES.index)
        text = _("guests paused or in error: {n}").format(n=numbers.total())
        yield _of_cluster(guest.RULE, Ref.of(GUESTS, cluster), worst, text)
    for cluster, number in unknown.items():
        text = fill_text(guest.RULE.unobserved_text, (f"n={number}",))
        yield _of_cluster(guest.RULE, Ref.of(UNSEEN_GUESTS, cluster), UNKNOWN, text)


def _backups(inputs: AlertInputs) -> Iterator[Problem]:
    """Guests whose backups break the rule, by cluster and state."""
    for cluster, state, number in inputs.backup_counts:
        ref = Ref.of("backup", cluster, state)
        if state in backup.TROUBLE:
            text = _(_BACKUPS[state]).format(n=number)
            yield _of_cluster(backup.RULE, ref, backup.RULE.severity, text)
        elif state == UNKNOWN:
            text = fill_text(backup.RULE.unobserved_text, (f"n={number}",))
            yield _of_cluster(backup.RULE, ref, UNKNOWN, text)


def _of_cluster(rule: Rule, subject: Ref, severity: str, text: str) -> Problem:
    where = visible(subject.first)
    return Problem(
        key=str(subject), severity=severity, where=where, text=text, rule=rule.id, subject=subject
    )


def _is_shown(alert: Alert, inputs: AlertInputs) -> bool:
    """Return whether an alert says something is wrong that these rows do not speak of."""
    if alert.severity == NOTICE:
        return False
    if alert.rule == abroad.RULE.id:
        return Ref.parse(alert.subject).name not in inputs.sites
    return alert.rule not in _HERE


def problem_of(alert: Alert, places: Mapping[str, int] = _NO_PLACES) -> Problem:
    """Return what an alert says, as a problem with the same key; `places` as of `find_problems`."""
    where = alert.tenant or Ref.parse(alert.scope).name or alert.scope
    return Problem(
        key=alert.fingerprint,
        severity=alert.severity if alert.severity in SEVERITIES else WARNING,
        where=visible(where),
        text=text_of(alert.rule, alert.words),
        rule=alert.rule,
        subject=Ref.parse(alert.subject),
        place=places.get(alert.tenant, 0),
        since=alert.since,
    )
