"""`/nodes` and what is asked of one node."""

from noc_tui.simulator import metrics
from noc_tui.simulator.api.cluster import version_row
from noc_tui.simulator.api.cluster_jobs import replication_facts
from noc_tui.simulator.calls import Call
from noc_tui.simulator.data import Json, Row
from noc_tui.simulator.model.cluster import Replication, digest_of
from noc_tui.simulator.parameters import FLAG, TEXT, VMID, Parameter
from noc_tui.simulator.routing import Method, index, needs
from noc_tui.simulator.views import node_disk, node_figures, node_row

_BELOW = (
    "aplinfo", "apt", "capabilities", "ceph", "certificates", "config", "disks", "dns", "firewall",
    "hardware", "hosts", "journal", "lxc", "migrateall", "netstat", "network", "qemu",
    "query-url-metadata", "replication", "report", "rrd", "rrddata", "scan", "services",
    "spiceshell", "startall", "status", "stopall", "storage", "subscription", "suspendall",
    "syslog", "tasks", "termproxy", "time", "version", "vncshell", "vzdump", "wakeonlan", "sdn",
)  # fmt: skip


def _list(call: Call) -> Json:
    rows = []
    for node in call.cluster.nodes.values():
        audited = call.has(f"/nodes/{node.name}", "Sys.Audit")
        row = node_row(call.cluster, node, call.now, audited)
        row["ssl_fingerprint"] = call.cluster.fingerprints.get(node.name, "")
        rows.append(row)
    return rows


def _status(call: Call) -> Json:
    node, version = call.node, call.node.version
    figures = node_figures(call.cluster, node, call.now)
    used, load = int(str(figures["mem"])), float(str(figures["cpu"])) * node.cores
    disk = node_disk(node, call.now)
    return {
        "uptime": figures["uptime"],
        "idle": 0,
        "cpu": figures["cpu"],
        "wait": 0.004 * metrics.wave(call.now, 97, node.phase),
        "loadavg": [f"{load * share:.2f}" for share in (1.04, 1.0, 0.97)],
        "memory": {"total": node.memory, "used": used, "free": node.memory - used}
        | ({"available": node.memory - used} if node.is_new else {}),
        "swap": {"total": 0, "used": 0, "free": 0},
        "rootfs": {
            "total": node.disk,
            "used": disk,
            "avail": int(node.disk * 0.95) - disk,
            "free": node.disk - disk,
        },
        "ksm": {"shared": 0},
        "cpuinfo": {
            "model": "AMD EPYC 9354 32-Core Processor",
            "sockets": 2,
            "cores": node.cores // 2,
            "cpus": node.cores,
            "mhz": "3249.998",
            "hvm": "1",
            "flags": "fpu vme de pse tsc msr svm",
            "user_hz": 100,
        },
        "pveversion": f"pve-manager/{version.version}/{version.repoid}",
        "kversion": f"Linux {version.kernel} {version.build}",
        "current-kernel": {
            "sysname": "Linux",
            "release": version.kernel,
            "version": version.build,
            "machine": "x86_64",
        },
        "boot-info": {"mode": "legacy-bios"},
    }


def _rrddata(call: Call) -> Json:
    times = metrics.sample_times(call.text("timeframe"), call.now)
    return [_sample(call, at) for at in times]


def _sample(call: Call, at: float) -> Row:
    node = call.node
    if at < node.booted or (node.heard is not None and at > node.heard):
        return {"time": int(at)}
    figures = node_figures(call.cluster, node, at)
    load = float(str(figures["cpu"])) * node.cores
    guests = [guest for guest in call.cluster.guests_of(node.name) if guest.running]
    return {
        "time": int(at),
        "loadavg": load,
        "maxcpu": node.cores,
        "cpu": figures["cpu"],
        "iowait": 0.004 * metrics.wave(at, 97, node.phase),
        "memtotal": node.memory,
        "memused": figures["mem"],
        "swaptotal": 0,
        "swapused": 0,
        "roottotal": node.disk,
        "rootused": figures["disk"],
        "netin": sum(metrics.rates(guest, at)["netin"] for guest in guests),
        "netout": sum(metrics.rates(guest, at)["netout"] for guest in guests),
    }


def _network(call: Call) -> Json:
    node = call.node
    rows: list[Row] = [
        {
            "iface": "eth0",
            "type": "eth",
            "active": 1,
            "method": "manual",
            "method6": "manual",
            "families": ["inet"],
            "priority": 3,
        }
    ]
    for number, bridge in enumerate(("vmbr0", "vmbr1")):
        if number and call.cluster.standalone:
            break
        if not call.has(f"/sdn/zones/localnetwork/{bridge}", "SDN.Audit"):
            continue
        rows.append(
            {
                "iface": bridge,
                "type": "bridge",
                "active": 1,
                "autostart": 1,
                "method": "static",
                "method6": "manual",
                "families": ["inet"],
                "priority": 4 + number,
                "address": node.address,
                "netmask": "24",
                "cidr": f"{node.address}/24",
                "gateway": node.address.rsplit(".", 1)[0] + ".254",
                "bridge_ports": "eth0",
                "bridge_stp": "off",
                "bridge_fd": "0",
            }
        )
    return rows


def _time(call: Call) -> Json:
    return {"time": int(call.now), "localtime": int(call.now), "timezone": "Etc/UTC"}


def _hosts(call: Call) -> Json:
    lines = ["127.0.0.1 localhost"]
    lines += [
        f"{node.address} {node.name}.example.fr {node.name}" for node in call.cluster.nodes.values()
    ]
    text = "\n".join(lines) + "\n"
    return {"data": text, "digest": digest_of(text)}


def _certificates(call: Call) -> Json:
    return [
        {
            "filename": "pve-ssl.pem",
            "fingerprint": call.cluster.fingerprints.get(call.node_name, ""),
            "issuer": "/CN=Proxmox Virtual Environment/O=PVE Cluster Manager CA",
            "subject": f"/OU=PVE Cluster Node/CN={call.node_name}",
            "san": [call.node_name, "localhost", "127.0.0.1"],
            "notbefore": int(call.node.booted) - 86400 * 30,
            "notafter": int(call.node.booted) + 86400 * 700,
            "public-key-type": "id-ecPublicKey",
            "public-key-bits": 256,
            "pem": "",
        }
    ]


def replication_status(call: Call, job: Replication) -> Row:
    """How the runs of a replication job went."""
    row = replication_facts(job) | {
        "vmtype": call.cluster.guests[job.guest].kind,
        "last_sync": int(job.last_sync),
        "last_try": int(job.last_try or job.last_sync),
        "next_sync": int(call.now - call.now % 900 + 900),
        "fail_count": job.fail_count,
        "duration": job.duration,
    }
    return row | ({"error": job.error} if job.error else {})


def _replication(call: Call) -> Json:
    return [
        replication_status(call, job)
        for job in call.cluster.replications
        if job.guest in call.cluster.guests
        and call.cluster.guests[job.guest].node == call.node_name
        and call.has(f"/vms/{job.guest}", "VM.Audit")
    ]


def _services(call: Call) -> Json:
    node = call.node
    running = {
        "pve-firewall": ("Proxmox VE firewall", node.pve_firewall),
        "proxmox-firewall": ("Proxmox nftables firewall", node.proxmox_firewall),
        "pvedaemon": ("PVE API Daemon", node.pvedaemon),
        "pveproxy": ("PVE API Proxy Server", node.pveproxy),
        "pve-cluster": ("The Proxmox VE cluster filesystem", node.pmxcfs),
    }
    return [
        {
            "service": name,
            "name": name,
            "desc": text,
            "state": "running" if runs else "dead",
            "active-state": "active" if runs else "inactive",
            "unit-state": "enabled",
        }
        for name, (text, runs) in running.items()
    ]


def _firewall_options(call: Call) -> Json:
    return {"digest": "0" * 40, **({"nftables": 1} if call.node.nftables else {})}


_NODE = "/nodes/{node}"
_AUDIT = needs(_NODE, "Sys.Audit")

METHODS = (
    Method("GET", "/nodes", _list),
    index("GET", _NODE, "name", *_BELOW),
    Method("GET", f"{_NODE}/version", lambda call: version_row(call.node)),
    Method("GET", f"{_NODE}/status", _status, check=_AUDIT),
    Method("GET", f"{_NODE}/rrddata", _rrddata, metrics.RRD_SCHEMA, check=_AUDIT, protected=True),
    Method("GET", f"{_NODE}/network", _network, {"type": TEXT}),
    Method("GET", f"{_NODE}/time", _time, check=_AUDIT),
    Method("GET", f"{_NODE}/services", _services, check=_AUDIT, protected=True),
    Method("GET", f"{_NODE}/firewall/options", _firewall_options, check=_AUDIT, protected=True),
    Method(
        "GET",
        f"{_NODE}/dns",
        lambda _: {"search": "example.fr", "dns1": "192.0.2.53"},
        check=_AUDIT,
    ),
    Method("GET", f"{_NODE}/hosts", _hosts, check=_AUDIT),
    Method("GET", f"{_NODE}/certificates/info", _certificates, {"extended": FLAG}, protected=True),
    Method("GET", f"{_NODE}/replication", _replication, {"guest": Parameter(VMID.verify)}),
)
