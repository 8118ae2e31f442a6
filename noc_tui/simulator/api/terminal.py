"""`termproxy` and `vncwebsocket`: the ticket for a guest's serial console, and who may use it."""

import secrets
from functools import partial

from noc_tui.simulator.calls import Call
from noc_tui.simulator.data import Json
from noc_tui.simulator.errors import authentication_error, perl_error
from noc_tui.simulator.parameters import NUMBER, TEXT, Parameter, choice
from noc_tui.simulator.routing import Method, needs
from noc_tui.simulator.terminal import PORTS, Terminal

_CONSOLE = needs("/vms/{vmid}", "VM.Console")
_SERIAL = Parameter(choice("serial0", "serial1", "serial2", "serial3"))


def _proxy(kind: str, call: Call) -> Json:
    guest = call.guest(kind)
    if kind == "qemu":
        serial = call.text("serial") or next(
            (name for name in ("serial0", "serial1") if guest.config.get(name)), ""
        )
        if not guest.config.get(serial):
            raise perl_error("unable to find a serial interface")
    task = call.cluster.open_task(guest.node, "vncproxy", str(guest.vmid), call.principal)
    ticket = f"PVEVNC:{int(call.now):08X}::{secrets.token_urlsafe(32)}"
    port = PORTS[len(call.world.terminals) % len(PORTS)]
    call.world.terminals[ticket] = Terminal(call.cluster, guest, call.principal, port, task)
    return {"user": call.principal, "ticket": ticket, "port": port, "upid": task.upid}


def _socket(kind: str, call: Call) -> Json:
    """The answer that comes before the socket takes over, if the ticket holds."""
    guest = call.guest(kind)
    terminal = call.world.terminals.get(call.text("vncticket"))
    if terminal is None or terminal.guest is not guest or terminal.principal != call.principal:
        raise authentication_error("authentication failure")
    return {"port": call.number("port")}


def _methods(kind: str) -> tuple[Method, ...]:
    one = f"/nodes/{{node}}/{kind}/{{vmid}}"
    schema = {"serial": _SERIAL} if kind == "qemu" else {}
    return (
        Method("POST", f"{one}/termproxy", partial(_proxy, kind), schema, _CONSOLE, protected=True),
        Method(
            "GET",
            f"{one}/vncwebsocket",
            partial(_socket, kind),
            {"port": NUMBER, "vncticket": TEXT},
            _CONSOLE,
        ),
    )


METHODS = (*_methods("qemu"), *_methods("lxc"))
