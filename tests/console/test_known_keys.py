"""A key is remapped by an id that exists, or `nocd check` says so."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from noc_tui.commands.failure import BadInput
from noc_tui.commands.nocd_check import refuse_unknown_keys
from noc_tui.config.values import Console
from noc_tui.console.known_keys import known_key_ids
from tests.console import estate


def test_ids_of_screens_tables_and_the_app_are_known() -> None:
    known = known_key_ids()
    assert {"table.down", "table.filter", "mode.guests", "app.quit", "triage.acknowledge"} <= known


def test_an_id_that_does_not_exist_is_refused_with_one_near_to_it(tmp_path: Path) -> None:
    config = estate.configuration(tmp_path)
    refuse_unknown_keys(replace(config, console=Console(keys={"app.quit": "f4"})))
    with pytest.raises(BadInput, match=r"triage\.acknowledge"):
        refuse_unknown_keys(replace(config, console=Console(keys={"triage.acknowlege": "k"})))
