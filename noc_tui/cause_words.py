"""Words causes: what is lost, what became of its guests, who is hurt, who has it."""

from datetime import datetime

from noc_tui.causes import Cause, GuestsHit, TenantHit
from noc_tui.i18n import _, ngettext
from noc_tui.labels import formats, states
from noc_tui.labels.tenant_now import word_out
from noc_tui.problems import Problem
from noc_tui.text import visible


def word_problem(problem: Problem) -> str:
    """Return the glyph of its severity, what happens, and where, if the sentence does not say."""
    glyph = states.SEVERITY[problem.severity].glyph
    where = "" if problem.subject.kind == "tenant" else f" · {problem.where}"
    text = f"{glyph} {problem.text}"
    return text if not problem.where or problem.where in problem.text else text + where


def word_guests(hit: GuestsHit) -> str:
    """Return what became of the guests that were there."""
    text = ngettext("{n} guest was there", "{n} guests were there", hit.there)
    parts = [
        (hit.running, ngettext("{n} runs again", "{n} run again", hit.running)),
        (hit.restarting, _("{n} restarting")),
        (hit.without_ha, _("{n} not under HA")),
    ]
    told = " · ".join(words.format(n=number) for number, words in parts if number)
    return formats.label_line(text.format(n=hit.there), told)


def word_hit(hit: TenantHit, at: datetime) -> str:
    """Return a tenant that a cause hits, and how badly. *Out* is availability's word."""
    name = visible(hit.name)
    if hit.is_out and hit.now.outage is not None:
        still = ngettext(
            "{down} of {n} hit still down", "{down} of {n} hit still down", hit.there
        ).format(down=hit.down, n=hit.there)
        return f"{word_out(hit.now.outage, at)} · {name} · {still}"
    if hit.down:
        text = _("answers, {down} of {n} hit still down").format(down=hit.down, n=hit.there)
        return f"▲ {name} · {text}"
    if hit.now.is_out:
        text = ngettext("{n} runs again", "{n} run again", hit.there)
    else:
        text = ngettext("{n} runs again, no outage", "{n} of {n} run again, no outage", hit.there)
    return f"· {name} · {text.format(n=hit.there)}"


def hit_tone(hit: TenantHit) -> str:
    """The tone of a tenant that a cause hits."""
    if hit.is_out:
        return "bad"
    return "warning" if hit.down else "muted"


def word_holder(cause: Cause, now: datetime) -> str:
    """Return who has it: incident, assignee, or that nobody acknowledged it; empty where no alert
    was raised.
    """
    # Thirty rules: a console loads them where an alert is open, and not for its first frame.
    from noc_tui.alerts.lifecycle import wants_people

    alert = cause.alert
    if alert is None:
        return ""
    who = alert.assignee or alert.acknowledged_by
    parts = [] if alert.incident is None else [_("incident {number}").format(number=alert.incident)]
    if who:
        parts.append(visible(who))
    elif wants_people(alert, now):
        parts.append(_("unacknowledged"))
    return " · ".join(parts)
