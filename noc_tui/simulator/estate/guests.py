"""Guests: their configuration as Proxmox would have written it, and how they behave."""

from noc_tui.simulator.dice import Dice
from noc_tui.simulator.estate.names import ROLES, guest_name
from noc_tui.simulator.model.guest import Config, Guest, Habits

_CORES = {"web": 2, "db": 4, "app": 4, "erp": 8, "rds": 8, "file": 2, "mail": 2}
_SIZES = (2048, 4096, 4096, 8192, 8192, 16384, 32768)
_DISKS = (16, 32, 32, 50, 80, 120, 250)


def make_guest(
    seed: int, cluster: str, vmid: int, number: int, pool: str, node: str, now: float
) -> Guest:
    """One guest of a client; about one in four is a container."""
    dice = Dice.named(seed, cluster, "guest", vmid)
    role = ROLES[number % len(ROLES)]
    kind = "lxc" if role in ("proxy", "git", "mon", "vpn") and dice.chance(0.6) else "qemu"
    name = guest_name(pool, role, number // len(ROLES) + 1)
    make = _container if kind == "lxc" else _machine
    guest = Guest(
        vmid=vmid,
        kind=kind,
        node=node,
        config=make(dice, name, role, vmid, now),
        habits=_habits(dice, role),
        pool=pool,
        answers_shutdown=not dice.chance(0.03),
    )
    guest.config["tags"] = ";".join(sorted({role, dice.choice(("prod", "prod", "prod", "dev"))}))
    if not dice.chance(0.05):
        guest.begin(now - dice.between(3600, 200 * 86400), dice.integer(2000, 3_000_000))
        guest.changed = guest.started
        guest.config["onboot"] = 1
    return guest


def make_template(seed: int, cluster: str, vmid: int, node: str, name: str, now: float) -> Guest:
    """A template: a guest that is never run and belongs to nobody."""
    dice = Dice.named(seed, cluster, "template", vmid)
    config = _machine(dice, name, "tpl", vmid, now)
    config |= {"template": 1, "scsi0": f"ceph-vm:base-{vmid}-disk-0,size=10G"}
    return Guest(vmid, "qemu", node, config, _habits(dice, "tpl"))


def mac(dice: Dice) -> str:
    """A MAC address under the cluster's prefix."""
    return "BC:24:11:" + ":".join(f"{dice.integer(0, 255):02X}" for _ in range(3))


def _machine(dice: Dice, name: str, role: str, vmid: int, now: float) -> Config:
    created = int(now - dice.between(210, 1200) * 86400)
    config: Config = {
        "name": name,
        "cores": _CORES.get(role, 2),
        "sockets": 1,
        "memory": str(dice.choice(_SIZES)),
        "scsihw": "virtio-scsi-single",
        "scsi0": f"ceph-vm:vm-{vmid}-disk-0,iothread=1,size={dice.choice(_DISKS)}G",
        "net0": _net(dice, "virtio"),
        "ostype": "win11" if role in ("rds", "dc", "erp") else "l26",
        "boot": "order=scsi0;net0",
        "agent": "1",
        "serial0": "socket",
        "smbios1": f"uuid={dice.uuid()}",
        "vmgenid": dice.uuid(),
        "meta": f"creation-qemu=9.2.0,ctime={created}",
    }
    if role in ("vpn", "proxy"):
        config["net1"] = _net(dice, "virtio")
    if role == "db" and dice.chance(0.3):
        config["net1"] = _net(dice, "virtio") + ",link_down=1"
    return config


def _container(dice: Dice, name: str, role: str, vmid: int, _now: float) -> Config:
    network = f"name=eth0,bridge=vmbr0,firewall=1,hwaddr={mac(dice)},ip=dhcp,type=veth"
    return {
        "hostname": name,
        "arch": "amd64",
        "cores": _CORES.get(role, 2),
        "memory": dice.choice((512, 1024, 2048, 4096)),
        "swap": 512,
        "rootfs": f"ceph-vm:vm-{vmid}-disk-0,size={dice.choice((8, 16, 32))}G",
        "net0": network + f",tag={dice.integer(100, 999)}",
        "ostype": "debian",
        "unprivileged": 1,
        "features": "nesting=1",
    }


def _net(dice: Dice, model: str) -> str:
    return f"{model}={mac(dice)},bridge=vmbr0,firewall=1,tag={dice.integer(100, 999)}"


def _habits(dice: Dice, role: str) -> Habits:
    busy = 3.0 if role in ("web", "proxy", "mail") else 1.0
    return Habits(
        cpu=dice.between(0.01, 0.35),
        memory=dice.between(0.25, 0.92),
        net_in=dice.between(800, 90_000) * busy,
        net_out=dice.between(500, 140_000) * busy,
        disk_read=dice.between(0, 400_000),
        disk_write=dice.between(2_000, 300_000),
        disk_used=dice.between(0.1, 0.8),
        period=dice.between(90, 900),
        phase=dice.fraction(),
        shutdown_seconds=dice.between(4, 22),
    )
