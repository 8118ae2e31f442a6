"""Certificates and tokens that run out, seen through real TLS."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from noc_tui.api.doctor import Finding
from noc_tui.clock import SteppedClock
from noc_tui.cluster.connection_config import ApiToken, ClusterAccess
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.pbs import BackupGateway
from noc_tui.config.values import OnCallConfig
from noc_tui.daemon.doctor.expiry import backup_token, certificates, tokens
from tests.support.context import START
from tests.support.stub import data, serving, status
from tests.support.tls import make_tls

pytestmark = pytest.mark.anyio
READ = ApiToken("noc@pve!read", "5f3e0a52-0000-4000-8000-000000000000")
KEPT = ApiToken("noc@pbs!read", "5f3e0a52-0000-4000-8000-000000000001")
DAYS = OnCallConfig()


def entered(url: str, ca_file: Path | None, fingerprint: str | None = None) -> ClusterAccess:
    return ClusterAccess(
        name="rennes",
        endpoints=(url, "https://127.0.0.1:9"),
        read_token=READ,
        ca_file=ca_file,
        fingerprint=fingerprint,
    )


@pytest.mark.parametrize(
    ("days", "level"), [(40.5, "good"), (30.5, "warning"), (8.5, "warning"), (7.5, "bad")]
)
async def test_a_certificate_is_judged_by_the_days_it_still_holds(
    tmp_path: Path, days: float, level: str
) -> None:
    tls = make_tls(tmp_path, days=days)
    async with serving(tls) as stub:
        for trust in (
            entered(stub.url, tls.ca_file),
            entered(stub.url, None, tls.fingerprint),
        ):
            shown, silent = await certificates(trust, "cluster.rennes.endpoints", DAYS)
            assert (shown.level, shown.key) == (level, "cluster.rennes.endpoints")
            assert shown.expiry is not None
            assert (shown.expiry.name, shown.expiry.days) == (stub.url, int(days))
            day = (datetime.now(UTC) + timedelta(days=days)).date().isoformat()
            assert shown.text.endswith(day)
            # The second endpoint answers nobody: its date is unknown, which is no good news.
            assert (silent.level, silent.expiry) == ("warning", None)


async def test_one_that_is_over_or_is_another_is_bad(tmp_path: Path) -> None:
    over = make_tls(tmp_path, "over", days=-1)
    async with serving(over) as stub:
        ended, _ = await certificates(entered(stub.url, over.ca_file), "k", DAYS)
        other, _ = await certificates(entered(stub.url, None, ":".join(["00"] * 32)), "k", DAYS)
        known, _ = await certificates(entered(stub.url, None, over.fingerprint), "k", DAYS)
    assert (ended.level, ended.expiry) == ("bad", None)
    assert "expired" in ended.text
    assert (other.level, other.expiry) == ("bad", None)
    assert f"{stub.url} shows a certificate that is not trusted: fingerprint " in other.text
    assert over.fingerprint in other.text
    assert "('" not in other.text
    assert known.level == "bad"
    assert known.expiry is not None
    assert known.expiry.days is not None
    assert known.expiry.days < 0


async def told(tmp_path: Path, listed: object) -> Finding:
    """What is found of the read token when the cluster lists its accounts so (None: refuses)."""
    tls = make_tls(tmp_path)
    body = msgspec.json.encode(listed).decode()
    answer = status(403, "Permission check failed") if listed is None else data(body)
    async with serving(tls, {"access/users": answer}) as stub:
        access = ClusterAccess(
            name="rennes", endpoints=(stub.url,), read_token=READ, ca_file=tls.ca_file
        )
        gateway = Gateway(access, SteppedClock(START))
        try:
            (found,) = await tokens(gateway, {"read_token_file": READ}, DAYS)
        finally:
            await gateway.close()
    assert READ.secret not in found.text
    return found


@pytest.mark.parametrize(("days", "level"), [(31, "good"), (30, "warning"), (7, "bad")])
async def test_a_token_is_judged_by_its_clusters_own_time(
    tmp_path: Path, days: int, level: str
) -> None:
    end = START + timedelta(days=days)
    row = {"tokenid": "read", "expire": int(end.timestamp()), "privsep": 1}
    found = await told(tmp_path, [{"userid": "noc@pve", "tokens": [row]}])
    assert found.level == level
    assert found.expiry is not None
    assert (found.expiry.at, found.expiry.days) == (end, days)


@pytest.mark.parametrize("expire", [1 << 40, 1_900_000_000_000, 1 << 62, 1 << 70])
async def test_an_end_that_no_calendar_holds_is_far(tmp_path: Path, expire: int) -> None:
    """As when it was given in milliseconds."""
    row = {"tokenid": "read", "expire": expire, "privsep": 1}
    found = await told(tmp_path, [{"userid": "noc@pve", "tokens": [row]}])
    assert (found.level, found.text[-10:]) == ("good", "9999-12-31")


async def test_a_token_without_an_end_is_good_and_one_unseen_is_not(tmp_path: Path) -> None:
    row = {"tokenid": "read", "expire": 0, "privsep": 1}
    assert (await told(tmp_path, [{"userid": "noc@pve", "tokens": [row]}])).level == "good"
    assert (await told(tmp_path, [{"userid": "noc@pve", "tokens": None}])).level == "warning"
    assert (await told(tmp_path, [])).level == "warning"
    assert (await told(tmp_path, None)).level == "warning"


async def test_a_backup_servers_token_is_judged_as_well(tmp_path: Path) -> None:
    end = START + timedelta(days=5)
    rows = [
        {"userid": "noc@pbs", "tokens": [{"tokenid": KEPT.id, "expire": int(end.timestamp())}]},
        {"userid": "root@pam", "enable": True},
    ]
    tls = make_tls(tmp_path)
    for listed, level, days in ((rows, "bad", 5), (rows[1:], "warning", None)):
        body = msgspec.json.encode(listed).decode()
        async with serving(tls, {"access/users": data(body)}) as stub:
            access = ClusterAccess(
                name="pbs", endpoints=(stub.url,), read_token=KEPT, ca_file=tls.ca_file,
                service="PBS",
            )  # fmt: skip
            gateway = BackupGateway(access, SteppedClock(START))
            try:
                found = await backup_token(gateway, "pbs.token_file", KEPT, START, DAYS)
            finally:
                await gateway.close()
        assert (found.level, found.key) == (level, "pbs.token_file")
        assert (found.expiry.days if found.expiry else None) == days
