"""`noc-tui doctor` on what is wrong: each finding names its key, and what it blinds."""

import json

from tests.end_to_end.programs import Scene


def findings(played: Scene) -> dict[str, str]:
    """Key and text of everything that is not good."""
    done = played.command("doctor", "--json")
    found = json.loads(done.stdout)
    return {f["key"]: f["text"] for f in found if f["level"] != "good"}


def with_config(played: Scene, before: str, after: str) -> None:
    text = played.config.read_text()
    assert before in text
    played.nocd.stop()
    played.config.write_text(text.replace(before, after, 1))
    played.start_nocd()


def test_nothing_is_wrong_with_the_demo(played: Scene) -> None:
    done = played.command("doctor")
    assert done.returncode == 0, done.stdout


def test_a_wrong_fingerprint_is_named_with_its_key(played: Scene) -> None:
    rennes = played.simulator.ready["clusters"][0]
    wrong = ":".join(["00"] * 32)
    with_config(played, f'ca_file = "{rennes["ca_file"]}"', f'fingerprint = "{wrong}"')
    found = findings(played)
    (text,) = (text for key, text in found.items() if "fingerprint" in key)
    assert "certificate" in text
    played.nocd.stop()


def test_an_unknown_token_a_missing_privilege_and_an_unknown_group_are_told(
    played: Scene,
) -> None:
    rennes = played.simulator.ready["clusters"][0]
    (played.directory / "rennes.action").write_text(rennes["token"] + "\n")
    unknown = "noc@pve!nobody=00000000-0000-4000-8000-000000000000\n"
    (played.directory / "nantes.read").write_text(unknown)
    with_config(played, "[demo]", '[roles.lead]\ngroups = ["nosuchgroup"]\n\n[demo]')
    found = findings(played)
    assert "refused the token" in found["cluster.nantes.read_token_file"]
    blind = found["cluster.rennes.action_token_file"]
    assert "lacks" in blind
    assert "which is needed to" in blind
    assert "nosuchgroup" in found["roles.lead.groups"]
    played.nocd.stop()
