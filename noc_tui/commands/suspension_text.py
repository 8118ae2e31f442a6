"""A case and its preview as lines for people. All foreign text is made visible."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import UNSET

from noc_tui.api.suspension import CaseDocument, Preview
from noc_tui.contract.suspension.reasons import TERMS_MISSING
from noc_tui.i18n import _, language, ngettext
from noc_tui.kept_words import read_words
from noc_tui.labels import formats, states
from noc_tui.labels.approval_page import effect_lines
from noc_tui.labels.case_history import act_lines, answer_lines, proof_lines
from noc_tui.labels.cases import APPROVALS, RIGHTS, SCOPES, mail_words, notice_words
from noc_tui.labels.debt import debt_lines
from noc_tui.labels.formats import label_line
from noc_tui.labels.notice_edits import list_edits
from noc_tui.labels.schedule import schedule_lines
from noc_tui.text import visible
from storage.evidence import EntryHead
from storage.outbox import Message
from storage.suspension import SuspendedGuest

_MARKS = {"done": "✓", "open": "·", "waived": "~"}


def case_lines(case: CaseDocument, guests: Sequence[SuspendedGuest] = ()) -> Iterator[str]:
    """The case in short: what it is, how far, what is missing, what to type next."""
    mark = f" [{_('rehearsal')}]" if case.rehearsal else ""
    state = states.label_text(states.CASE, case.state)
    ground = case.ground if case.words is None else case.words.ground.in_(language())
    yield f"{case.id}{mark}  {visible(case.tenant_name)}  {visible(ground)}  {state}"
    plan = case.plan
    yield ngettext(
        "scope: {scope}, {n} VM; means: {means}",
        "scope: {scope}, {n} VMs; means: {means}",
        len(plan.guests),
    ).format(
        scope=_(SCOPES[plan.scope]),
        n=len(plan.guests),
        means=", ".join(_means(case, key) for key in plan.means) or "-",
    )
    if plan.guests and not guests:
        named = (f"{guest.ref} {visible(guest.name)}" for guest in plan.guests)
        yield label_line(_("VMs"), ", ".join(named))
    if plan.ports:
        yield _("filtered: {ports}").format(ports=", ".join(plan.ports))
    yield from schedule_lines(case)
    if case.matures_at is not None:
        yield label_line(_("Not before, by the notice"), formats.instant(case.matures_at))
    for guest in guests:
        detail = f"  {_spoken(guest.detail)}" if guest.detail else ""
        yield (
            f"  {guest.cluster}/{guest.vmid} {visible(guest.name)}: "
            f"{states.label_text(states.CASE_GUEST, guest.state)}{detail}"
        )
    if case.terms_kept:
        yield from _checklist(case)
    else:
        yield f"  ! {_(TERMS_MISSING).format(version=visible(case.terms_version))}"
    yield from debt_lines(case)
    yield from _standing(case)
    if case.effect is not None:
        yield from effect_lines(case, case.effect)
    yield _("digest: {digest}").format(digest=case.digest)


def _spoken(text: str) -> str:
    return visible(read_words(text, language()))


def _means(case: CaseDocument, key: str) -> str:
    """A means by its name; by its id where the case's terms are not kept."""
    known = {} if case.words is None else case.words.means
    return visible(known[key].in_(language())) if key in known else key


def _targets(case: CaseDocument) -> dict[str, str]:
    known = {} if case.words is None else case.words.targets
    return {key: visible(label.in_(language())) for key, label in known.items()}


def _checklist(case: CaseDocument) -> Iterator[str]:
    for step in case.checklist or ():
        label = step.label.in_(language())
        cited = f" ({step.cited.in_(language())})" if step.cited else ""
        how = f"  {step.how}" if step.how and step.state == "open" else ""
        yield f"  {_MARKS[step.state]} {label}{cited}{how}"
    for reason in case.open or ():
        yield f"  ! {visible(reason)}"
    if case.approval_needed is not None:
        yield _("approval: {rule}; notice: {notice}").format(
            rule=_(APPROVALS[case.approval_needed]),
            notice=notice_words(case),
        )
    if edits := list_edits(case.notice):
        yield _("the notice was changed by hand:")
        yield from (f"  {line}" for line in edits)


def _standing(case: CaseDocument) -> Iterator[str]:
    count = case.countdown
    if count is not None and count.deadline is None:
        yield _("day {day}, {right}").format(day=count.day, right=_(RIGHTS[count.right]))
    elif count is not None and count.deadline is not None:
        yield _("day {day}, until {deadline}, {right}").format(
            day=count.day, deadline=formats.instant(count.deadline), right=_(RIGHTS[count.right])
        )
    for doubt in case.unproven:
        if doubt.kind == "asked":
            text = _("asked of the client: {guest}: {means}")
        else:
            text = _("not seen to work: {guest}: {means}: {why}")
        means = _means(case, doubt.means)
        yield text.format(guest=doubt.guest, means=means, why=_spoken(doubt.why))
    for drift in case.drift:
        yield _("drift: {guest}: {what}").format(guest=drift.guest, what=_spoken(drift.what))
    if case.review is not None and case.review.at is None:
        due = formats.instant(case.review.due_at)
        yield _("a review is owed until {at}").format(at=due)


def history_lines(
    case: CaseDocument,
    sizes: Mapping[str, int],
    messages: Iterable[Message],
    acts: Iterable[EntryHead],
) -> Iterator[str]:
    """What the case rests on, what was said, and who did what when."""
    yield from _titled(_("Proofs"), proof_lines(case, sizes, _targets(case)))
    yield from _titled(_("Answers of the client"), answer_lines(case.answers))
    yield from _titled(_("Mails"), map(mail_words, messages))
    yield from _titled(_("Done so far"), act_lines(acts))


def _titled(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield f"{title}:"
    yield from (f"  {line}" for line in found)


def preview_lines(preview: Preview) -> Iterator[str]:
    """Guest by guest: what is, every call, and what stands in the way."""
    for cluster, said in preview.clusters.items():
        for one in said:
            yield f"! {cluster}: {visible(one)}"
    for row in preview.guests:
        yield f"{row.guest} {row.name}"
        if row.error is not UNSET:
            yield f"  ! {visible(row.error)}"
        if row.now is not UNSET:
            now = row.now
            yield f"  {now.node}, {now.status}, onboot={int(now.starts_at_boot)}"
        for step in () if row.steps is UNSET else row.steps:
            yield f"  {step.means}"
            for call in step.calls:
                yield f"    {call}"
            for note in step.notes:
                yield f"    ~ {note}"
            for obstacle in step.obstacles:
                yield f"    ! {obstacle}"
