"""Waits for orders that were given, saying how each ended."""

import argparse
import sys
import time
from collections.abc import Sequence

from noc_tui.api.guests import INTENT, Intent
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.output import say, say_json
from noc_tui.config import Configuration
from noc_tui.console.orders import word_end
from noc_tui.i18n import _

LOOK_SECONDS = 2.0
OVER = ("done", "failed", "unknown")


def follow_orders(
    arguments: argparse.Namespace, config: Configuration, numbers: Sequence[int]
) -> int:
    """Wait until every order is over; the exit code: 0 where all were done, else 1."""
    ended: dict[int, Intent] = {}
    while True:
        for number in numbers:
            if number in ended:
                continue
            intent = ask(arguments, config, INTENT(number=number))
            if intent.state in OVER:
                ended[number] = intent
                if not arguments.json:
                    end = word_end(intent.subject.partition(":")[2], intent)
                    say(f"{end.title}: {end.text}")
        if len(ended) == len(numbers):
            break
        sys.stdout.flush()
        time.sleep(LOOK_SECONDS)
    if arguments.json:
        say_json([ended[number] for number in numbers])
    return 0 if all(intent.state == "done" for intent in ended.values()) else 1


def say_ordered(arguments: argparse.Namespace, answer: object, numbers: Sequence[int]) -> int:
    """Say the numbers of orders that are not waited for; the exit code."""
    if arguments.json:
        say_json(answer)
    else:
        say(_("ordered: {numbers}").format(numbers=", ".join(map(str, numbers))))
    return 0
