"""`noc-tui node ssh`: the operator's own SSH client to a node, by the configured address.

It runs as the operator, with the operator's keys and known hosts; nocd has no part in it.
"""

import argparse
import os
import shlex
import shutil

from noc_tui.commands.configured import load_configuration
from noc_tui.commands.failure import BadInput
from noc_tui.commands.options import common_options
from noc_tui.commands.output import say
from noc_tui.commands.questions import is_asked_here, require_agreement
from noc_tui.config import Configuration
from noc_tui.config.node_ssh import ssh_command
from noc_tui.i18n import _
from noc_tui.text import visible


def add_ssh(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the verb."""
    text = _("your own SSH client to a node, by the address that the configuration names")
    made = verbs.add_parser("ssh", help=text, description=text, parents=[common_options()])
    made.add_argument("node", metavar=_("CLUSTER/NODE"))
    made.add_argument("--yes", action="store_true", help=_("connect without asking"))


def run_ssh(arguments: argparse.Namespace) -> int:
    """Show the command; in a terminal, become it once that is agreed. Not agreed: exit code 4."""
    command = _require_command(load_configuration(arguments), arguments.node)
    say(shlex.join(command))
    if is_asked_here():
        _become(command, asked=not arguments.yes)
    return 0


def _become(command: list[str], *, asked: bool) -> None:
    """Replace this process by the client. Raises `CommandFailure`."""
    client = shutil.which(command[0])
    if client is None:
        raise BadInput(_("there is no ssh on this machine"))
    if asked:
        refused = _("not connected")
        require_agreement(_("Connect? [y/N] "), unanswered=refused, refused=refused)
    os.execv(client, command)  # noqa: S606 -- the operator's own client, shown before


def _require_command(config: Configuration, node: str) -> list[str]:
    """Return the command to a node (`cluster/node`). Raises `BadInput` where none is configured."""
    name, slash, host = node.partition("/")
    cluster = next((one for one in config.clusters if one.name == name), None)
    if not slash or cluster is None:
        raise BadInput(_("no cluster is called {name}").format(name=visible(name)))
    command = ssh_command(config, name, host)
    if command is None:
        text = _('no address for SSH is configured: [[cluster]] ssh = {{ {node} = "user@host" }}')
        raise BadInput(text.format(node=visible(host)))
    return command
