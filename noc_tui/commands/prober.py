"""`noc-tui prober --config FILE`: the outside vantage, with a file of its own."""

import argparse
import asyncio
from pathlib import Path

from noc_tui.clock import SystemClock
from noc_tui.commands.failure import BadInput
from noc_tui.commands.output import say
from noc_tui.i18n import _
from noc_tui.prober import Prober, ProberError, key_of, load, public_key


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do instead of probing on and on."""
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--once", action="store_true", help=_("one round, then end"))
    form.add_argument(
        "--public-key", action="store_true", help=_("show the key for nocd's configuration")
    )


def run(arguments: argparse.Namespace) -> int:
    """Probe until told to stop; the exit code."""
    if not arguments.config:
        raise BadInput(_("which configuration? Give --config FILE"))
    file = Path(arguments.config)
    try:
        config = load(file)
        key = key_of(file.parent / config.key_file)
    except ProberError as error:
        raise BadInput(str(error)) from error
    if arguments.public_key:
        say(public_key(key))
        return 0
    prober = Prober(config, key, file.parent / config.drop, SystemClock())
    return asyncio.run(_round(prober) if arguments.once else _on(prober))


async def _round(prober: Prober) -> int:
    left = await prober.round()
    say(str(left) if left else _("cut off: nothing was concluded"))
    return 0 if left else 1


async def _on(prober: Prober) -> int:
    await prober.run()
    return 0
