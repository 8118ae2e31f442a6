"""What a poll makes of a token that is shown less than before."""

from pathlib import Path

import pytest

from noc_tui.clock import SteppedClock
from noc_tui.cluster import errors
from noc_tui.cluster.connection_config import ClusterAccess
from noc_tui.cluster.gateway import Gateway
from noc_tui.config import ClusterConfig
from noc_tui.daemon.polling.fast import Poller
from storage.guests import GUESTS
from tests.cluster.test_gateway_wire import POLL, QUICK, TOKEN
from tests.support import stub
from tests.support.context import START, made_context
from tests.support.tls import make_tls

pytestmark = pytest.mark.anyio
NOTHING = stub.data('[{"id":"node/pve1","node":"pve1","type":"node","status":"online"}]')
REFUSED = stub.status(403, "Permission check failed (/, Sys.Audit)")
AUDIT = stub.data('{"/vms":{"VM.Audit":1}}')


async def test_guests_that_the_token_may_not_see_any_more_are_not_gone(tmp_path: Path) -> None:
    tls, clock = make_tls(tmp_path), SteppedClock(START)
    async with stub.serving(tls, dict(POLL)) as server, made_context(tmp_path) as context:
        url = server.url
        access = ClusterAccess("lab", (url,), TOKEN, ca_file=tls.ca_file, limits=QUICK)
        cluster = ClusterConfig(name="lab", site="dc1", endpoints=(url,), read_token_file=tmp_path)

        async def stored() -> list[int]:
            return [row.vmid for row in await GUESTS.read(context.writer)]

        for _ in ("a daemon that saw them itself", "one that was started since"):
            gateway = Gateway(access, clock)
            poller = Poller(context, cluster, gateway, [])
            server.answers |= POLL
            if not await stored():
                assert (await poller.poll()).error is None
            blind = {"cluster/status": REFUSED, "access/permissions": stub.data("{}")}
            server.answers |= {**blind, "cluster/resources": NOTHING}
            for _ in range(2):
                result = await poller.poll()
                assert isinstance(result.error, errors.PermissionMissing)
                assert (result.error.path, result.error.privilege) == ("/vms", "VM.Audit")
                assert await stored() == [101]
            await gateway.close()
        server.answers["access/permissions"] = AUDIT
        gateway = Gateway(access, clock)
        poller = Poller(context, cluster, gateway, [])
        assert (await poller.poll()).error is None, "the last one was deleted"
        assert await stored() == []
        before = len(server.requests)
        await poller.poll()
        assert len(server.requests) == before + 3
        await gateway.close()
