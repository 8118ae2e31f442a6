"""Reports made for machines: ARF (RFC 5965), X-ARF 3 and 4, other JSON; rows are in `feeds`."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from noc_tui.contract.intake import facts
from noc_tui.contract.intake.notice import AbuseKind, AbuseNotice

_ARF_FIELD = re.compile(
    r"(?im)^[ \t]*(feedback-type|user-agent|version|source-ip|arrival-date|received-date"
    r"|reported-domain|reported-uri|incidents|original-mail-from|original-rcpt-to|reporting-mta)"
    r"[ \t]*:[ \t]*(.+)$"
)
_KINDS = (
    (AbuseKind.login_attack, ("login", "brute", "auth", "credential", "ssh")),
    (AbuseKind.port_scan, ("scan", "probe", "reconnaissance")),
    (AbuseKind.phishing, ("phish", "fraud", "typosquat")),
    (AbuseKind.ddos, ("ddos", "dos", "amplif", "reflect", "flood")),
    (AbuseKind.spam, ("spam", "messaging", "bulk", "abuse-mail")),
    (AbuseKind.copyright, ("copyright", "infring", "trademark", "counterfeit", "dmca")),
    (
        AbuseKind.malware,
        (
            "malware",
            "bot",
            "c2",
            "cnc",
            "infect",
            "compromis",
            "virus",
            "ransom",
            "malicious",
            "trojan",
            "stealer",
        ),
    ),
    (
        AbuseKind.exposed_service,
        ("open", "vulnerab", "expos", "misconfig", "accessible", "outdated"),
    ),
    (
        AbuseKind.unlawful_content,
        ("content", "csam", "csem", "terror", "violence", "defam", "hate"),
    ),
)
_SOURCE_KEYS = ("source_identifier", "source", "source_ip", "src_ip", "sourceip", "src", "ip")
_LINK_KEYS = ("url", "uri", "reported_uri", "source_url", "target_url")
_WHEN_KEYS = ("timestamp", "date", "first_seen", "reported-at", "observed_at", "start", "time")
_TELLING = ("feedback-type", "source-ip", "reported-domain", "reported-uri")
_SIGNS = frozenset(
    {"xarf_version", "report_id", "reporter", "reporterinfo", "report-type", "report_type",
     "reporttype", "source_identifier", "source-ip", "sourceip", "disclosure", "schema-url"}
)  # fmt: skip
_DEEPEST = 6


def kind_named(words: str) -> AbuseKind:
    """Return the kind that a report's own words name."""
    plain = words.lower()
    for kind, signs in _KINDS:
        if any(sign in plain for sign in signs):
            return kind
    return AbuseKind.other


def read_arf(text: str, said: str = "") -> AbuseNotice | None:
    """The notice in the fields of a feedback report; None for a text that has none."""
    fields: dict[str, list[str]] = {}
    for found in _ARF_FIELD.finditer(text):
        fields.setdefault(found.group(1).lower(), []).append(found.group(2).strip())
    if "feedback-type" not in fields or len(fields) < 3:
        return None
    kind = fields["feedback-type"][0]
    links = tuple(fields.get("reported-uri", ()))
    if kind.lower() in ("abuse", "complaint", "not-spam", "opt-out"):
        named = AbuseKind.spam
    else:
        named = kind_named(kind)
    when = [*fields.get("arrival-date", ()), *fields.get("received-date", ())]
    return AbuseNotice(
        kind=named,
        form="arf",
        sure=True,
        addresses=tuple(filter(None, map(facts.plain_address, fields.get("source-ip", ())))),
        links=links,
        observed=(said.strip() or text.strip())[:2000],
        observed_at=facts.instant(when[0]) if when else None,
        reporter=" ".join(fields.get("reporting-mta", fields.get("user-agent", ()))),
        because=tuple(f"{name}: {fields[name][0]}" for name in _TELLING if name in fields),
    )


def read_json(text: str) -> AbuseNotice | None:
    """The notice in a JSON report (X-ARF 3 or 4, or one of their kin); None for any other text."""
    body = text.strip()
    if not body.startswith(("{", "[")):
        return None
    try:
        document = msgspec.json.decode(body.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None
    if isinstance(document, list) and document:
        document = document[0]
    if not isinstance(document, dict):
        return None
    flat = list(_leaves(document, 0))
    names = {name for name, _value in flat} | {str(key).lower() for key in document}
    if len(names & _SIGNS) < 2:
        return None
    return _of_leaves(flat, document)


def _of_leaves(flat: list[tuple[str, str]], document: Mapping[str, Any]) -> AbuseNotice:
    words = " ".join(_under(flat, ("type", "class", "report-type", "reporttype", "report_type",
                                   "category", "reportclass", "reportsubtype")))  # fmt: skip
    telling = [value for value in (words.strip(), *_under(flat, _SOURCE_KEYS)) if value]
    sources = [facts.plain_address(value) for value in _under(flat, _SOURCE_KEYS)]
    when = [facts.instant(value) for value in _under(flat, _WHEN_KEYS)]
    by = document.get("reporter") or document.get("ReporterInfo") or document.get("Reporter") or {}
    named = [str(value) for value in by.values()] if isinstance(by, dict) else [str(by)]
    return AbuseNotice(
        kind=kind_named(words),
        form="xarf",
        sure=True,
        addresses=tuple(dict.fromkeys(filter(None, sources))),
        links=tuple(dict.fromkeys(_under(flat, _LINK_KEYS))),
        observed=" · ".join(f"{name}: {value[:200]}" for name, value in flat)[:2000],
        observed_at=next((at for at in when if at is not None), None),
        reporter=" ".join(named)[:200],
        reference=next(iter(_under(flat, ("report_id", "report-id", "reportid"))), ""),
        because=tuple(dict.fromkeys(telling))[:4],
    )


def _leaves(value: Any, depth: int, name: str = "") -> Iterator[tuple[str, str]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, depth + 1, str(key).lower())
    elif isinstance(value, list):
        for inner in value[:20]:
            yield from _leaves(inner, depth + 1, name)
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield name, str(value)


def _under(flat: Iterable[tuple[str, str]], names: Iterable[str]) -> list[str]:
    """The values under the first of the names that has any, then those of the others."""
    held = list(flat)
    return [value for name in names for key, value in held if key == name]
