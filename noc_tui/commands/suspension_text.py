"""A case and its preview as lines for people. All foreign text is made visible."""

from collections.abc import Iterator
from typing import Any

from noc_tui.contract.calendar import instant
from noc_tui.contract.instants import parse_instant
from noc_tui.contract.suspension.reasons import TERMS_MISSING
from noc_tui.i18n import _, language
from noc_tui.labels import formats, states
from noc_tui.labels.cases import APPROVALS, GUESTS, RIGHTS, SCOPES, STATES, notice_words
from noc_tui.text import visible

_MARKS = {"done": "✓", "open": "·", "waived": "~"}


def case_lines(case: dict[str, Any]) -> Iterator[str]:
    """The case in short: what it is, how far, what is missing, what to type next."""
    mark = f" [{_('rehearsal')}]" if case["rehearsal"] else ""
    state = states.word(STATES, case["state"]).text
    yield f"{case['id']}{mark}  {visible(case['tenant_name'])}  {case['ground']}  {state}"
    plan = case["plan"]
    yield _("scope: {scope}, {n} guests; means: {means}").format(
        scope=_(SCOPES[plan["scope"]]),
        n=len(plan["guests"]),
        means=", ".join(plan["means"]) or "-",
    )
    for guest in case.get("guests", []):
        detail = f"  {visible(guest['detail'])}" if guest["detail"] else ""
        yield (
            f"  {guest['cluster']}/{guest['vmid']} {visible(guest['name'])}: "
            f"{states.word(GUESTS, guest['state']).text}{detail}"
        )
    if case["terms_kept"]:
        yield from _checklist(case)
    else:
        yield f"  ! {_(TERMS_MISSING).format(version=visible(case['terms_version']))}"
    yield from _standing(case)
    yield _("digest: {digest}").format(digest=case["digest"])


def _checklist(case: dict[str, Any]) -> Iterator[str]:
    for step in case["checklist"]:
        label = step["label"]["fr" if language() == "fr" else "en"]
        yield f"  {_MARKS[step['state']]} {label} ({step['rule']}, {step['id']})"
    for reason in case["open"]:
        yield f"  ! {visible(reason)}"
    yield _("approval: {rule}; notice: {notice}").format(
        rule=_(APPROVALS[case["approval_needed"]]),
        notice=notice_words(case["notice"]["mode"], case["notice"]["delivery"]),
    )


def _standing(case: dict[str, Any]) -> Iterator[str]:
    count = case["countdown"]
    if count is not None:
        yield _("day {day}, until {deadline}, {right}").format(
            day=count["day"], deadline=_time(count["deadline"]), right=_(RIGHTS[count["right"]])
        )
    for drift in case["drift"]:
        guest = drift["guest"]
        yield _("drift: {guest}: {what}").format(
            guest=f"{guest['cluster']}/{guest['vmid']}", what=visible(drift["what"])
        )
    review = case["review"]
    if review is not None and review["at"] is None:
        yield _("a review is owed until {at}").format(at=_time(review["due_at"]))


def _time(at: str) -> str:
    return formats.instant(instant(parse_instant(at)))


def preview_lines(preview: dict[str, Any]) -> Iterator[str]:
    """Guest by guest: what is, every call, and what stands in the way."""
    for cluster, said in preview["clusters"].items():
        for one in said:
            yield f"! {cluster}: {visible(one)}"
    for row in preview["guests"]:
        yield f"{row['guest']} {row['name']}"
        if "error" in row:
            yield f"  ! {visible(row['error'])}"
            continue
        now = row["now"]
        yield f"  {now['node']}, {now['status']}, onboot={int(now['starts_at_boot'])}"
        for step in row["steps"]:
            yield f"  {step['means']}"
            for call in step["calls"]:
                yield f"    {call}"
            for note in step["notes"]:
                yield f"    ~ {note}"
            for obstacle in step["obstacles"]:
                yield f"    ! {obstacle}"
