"""Words what is open at a month's end, its state and its mails, in the language in use."""

from noc_tui.contract.calendar import instant
from noc_tui.contract.instants import parse_instant
from noc_tui.i18n import N_, _, language
from noc_tui.labels import formats
from noc_tui.letters.writing import Writing
from noc_tui.text import visible
from noc_tui.views.month_end import ClosingLine, MonthEnd, OpenItem

_ITEMS = {
    "running": N_("the month is not over: it ends on {until}"),
    "unverified": N_("{name}: its rows are not as recorded: {detail}"),
    "proposed": N_("{name}: decision {detail} waits for a second person"),
    "register": N_("a register that changes this month (entry {detail}) waits for a second person"),
    "reopened": N_("{name}: outage {detail} is to be attributed again"),
    "lasting": N_("{name}: exclusion {detail} has no end"),
    "terms": N_("{name}: the terms {detail} that it was judged by are not known any more"),
    "amount": N_("{name}: a credit is due, and the register has no monthly amount"),
    "incident": N_("incident {detail} is not reviewed"),
    "unattributed": N_("{name}: outage {detail} is attributed to nobody, and counts"),
    "unmeasured": N_("{name}: {duration} not measured, to be explained"),
    "claim": N_("{name}: its request for a credit has no answer"),
    "contract": N_("{name}: the register does not say when its contract began"),
}
_STATES = {
    "running": N_("running"),
    "open": N_("not closed"),
    "closed": N_("closed"),
    "reopened": N_("reopened"),
}
_MAILS = {
    "month-statement": N_("availability statement"),
    "credit-received": N_("request received"),
    "credit-granted": N_("credit granted"),
    "credit-refused": N_("credit refused"),
}
_SENDING = {
    "queued": N_("to be sent"),
    "sending": N_("being sent"),
    "accepted": N_("sent"),
    "refused": N_("refused by the server"),
    "unknown": N_("outcome unknown"),
}


def describe_item(item: OpenItem) -> str:
    """Return what is open as a sentence without its full stop."""
    detail = visible(item.detail)
    duration = until = ""
    if item.kind == "unmeasured":
        duration = Writing(language()).duration(int(item.detail))
    if item.kind == "running":
        until = formats.instant(instant(parse_instant(item.detail)))
    text = _(_ITEMS[item.kind])
    return text.format(name=visible(item.name), detail=detail, duration=duration, until=until)


def describe_state(month: MonthEnd) -> str:
    """Return where the month stands, with who closed or reopened it, and when."""
    last = month.closings[-1] if month.closings else None
    word = _(_STATES[month.state])
    if last is None or month.state in {"running", "open"}:
        return word
    at, account = (
        (last.at, last.account)
        if month.state == "closed"
        else (last.reopened_at or "", last.reopened_account or "")
    )
    return _("{state} on {time} by {account}").format(
        state=word, time=formats.instant(instant(parse_instant(at))), account=visible(account)
    )


def describe_closing(line: ClosingLine) -> list[str]:
    """Return a closing as lines: closed by whom and with what, reopened by whom and why."""
    text = _("closing {number}: {time}, {account}, entry {entry}").format(
        number=line.number,
        time=formats.instant(instant(parse_instant(line.at))),
        account=visible(line.account),
        entry=line.entry,
    )
    lines = [text + (f" · {visible(line.reason)}" if line.reason else "")]
    if line.reopened_at is not None:
        text = _("reopened: {time}, {account}, entry {entry}: {reason}").format(
            time=formats.instant(instant(parse_instant(line.reopened_at))),
            account=visible(line.reopened_account or ""),
            entry=line.reopened_by,
            reason=visible(line.reopened_reason or ""),
        )
        lines.append(text)
    return lines


def describe_mail(purpose: str, state: str) -> str:
    """Return a mail of the month and how far it is: `statement: sent`."""
    kind = "month-statement" if purpose.startswith("month-statement") else purpose
    return formats.label_line(_(_MAILS.get(kind, kind)), _(_SENDING.get(state, state)))
