"""`…/lxc/{vmid}/interfaces`: what a node sees in a container's network namespace."""

from noc_tui.simulator import netopts
from noc_tui.simulator.calls import Call
from noc_tui.simulator.data import Json
from noc_tui.simulator.guest_schema import NET
from noc_tui.simulator.routing import Method, needs


def _interfaces(call: Call) -> Json:
    """Of a container that is off Proxmox answers nothing."""
    guest = call.guest("lxc")
    if not guest.running:
        return None
    names = sorted(name for name in guest.config if NET.fullmatch(name))
    nets = [netopts.parse_option("lxc", name, str(guest.config[name])) for name in names]
    return [
        {"name": "lo", "hwaddr": "00:00:00:00:00:00", "inet": "127.0.0.1/8", "inet6": "::1/128"},
        *(
            {
                "name": str(net.get("name", f"eth{number}")),
                "hwaddr": str(net.get("hwaddr", "")).lower(),
                "inet": f"10.99.{guest.vmid // 250 % 250}.{guest.vmid % 250}/24",
            }
            for number, net in enumerate(nets)
        ),
    ]


METHODS = (
    Method(
        "GET",
        "/nodes/{node}/lxc/{vmid}/interfaces",
        _interfaces,
        check=needs("/vms/{vmid}", "VM.Audit"),
        protected=True,
    ),
)
