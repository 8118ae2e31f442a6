"""A replication job whose last run failed, or that does not run any more."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_, _, ngettext
from noc_tui.ref import Ref

RULE = Rule(
    id="replication",
    severity="warning",
    text=N_("replication of guest {guest} to {target} fails: {error}"),
    next_step=N_(
        "Check its log and the free space on the target: until it runs, the copy there ages."
    ),
)

OVERDUE = N_("no run since it was due")


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each job whose last run failed, or whose next one is long overdue."""
    for run in inputs.replication:
        if run.failures > 0 or run.late:
            subject = Ref.of("replication", *run.job.split("/"))
            failed = ngettext("{count} run failed", "{count} runs failed", run.failures)
            error = run.error or (failed.format(count=run.failures) if run.failures else _(OVERDUE))
            yield Violation(
                rule=RULE.id,
                subject=subject,
                scope=Ref.of("replication", subject.first),
                words=(
                    f"guest={inputs.guest_name(subject.first, run.guest)}",
                    f"target={run.target}",
                    f"error={error}",
                ),
            )


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the jobs, or whole clusters, whose replication is unknown."""
    for name in inputs.unreplicated:
        yield Unobserved(Ref.of("replication", *name.split("/")))
