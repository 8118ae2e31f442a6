"""`nocd page TEXT`: a page to every receiver without a daemon or a database, as when one is down.

The service manager runs it when `nocd` cannot be kept running; an administrator, to try a receiver.
What is wrong with the rest of the configuration keeps no page back: it may be why `nocd` is down.
"""

import argparse
import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from secrets import token_hex

from noc_tui.commands.configured import configuration_file
from noc_tui.commands.failure import BadInput, OutOfReach
from noc_tui.commands.output import say
from noc_tui.config import Configuration, Secrets, load_what_stands
from noc_tui.config.values import Receiver
from noc_tui.daemon.paging import webhook
from noc_tui.daemon.paging.direct import DirectAnswer, page_directly
from noc_tui.daemon.paging.webhook import Telling
from noc_tui.i18n import _
from noc_tui.text import visible

ABOUT = "nocd"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is said, and to whom."""
    parser.add_argument("text", metavar=_("TEXT"), help=_("what the page says"))
    parser.add_argument(
        "--receiver",
        metavar=_("NAME"),
        action="append",
        help=_("this receiver alone; without it, all that are told of critical alerts"),
    )


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0 when a receiver took it, 2 when there is none, 3 when none was reached."""
    config, secrets = load_what_stands(configuration_file(arguments))
    receivers = _chosen(config.oncall.receivers, arguments.receiver)
    if not receivers:
        raise BadInput(_("no receiver is configured for this page: [[oncall.receiver]]"))
    now = datetime.now(UTC)
    telling = Telling(
        id=token_hex(16),
        state="open",
        severity="critical",
        fingerprint=ABOUT,
        text=arguments.text,
        next_step=_("look at `systemctl status nocd` and `journalctl -u nocd`"),
        subject=ABOUT,
        tenant="",
        since=now.isoformat(),
    )
    answers = asyncio.run(_tell_all(config, secrets, receivers, telling, now))
    for receiver, answer in zip(receivers, answers, strict=True):
        word = _("taken") if answer.taken else _("not taken")
        say(f"{receiver.name}: {word}: {visible(answer.said)}")
    if not any(answer.taken for answer in answers):
        raise OutOfReach(_("no receiver took the page"))
    return 0


def _chosen(receivers: Sequence[Receiver], names: Sequence[str] | None) -> list[Receiver]:
    """Those that are named, else those of critical alerts, whatever their level: this is urgent."""
    if names is None:
        return [one for one in receivers if "critical" in one.severities]
    return [one for one in receivers if one.name in names]


async def _tell_all(
    config: Configuration,
    secrets: Secrets,
    receivers: Sequence[Receiver],
    telling: Telling,
    now: datetime,
) -> list[DirectAnswer]:
    async with webhook.client() as http:
        return await asyncio.gather(
            *(page_directly(http, config, secrets, to, telling, now) for to in receivers)
        )
