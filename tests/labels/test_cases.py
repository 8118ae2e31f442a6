"""How a client is notified is told as it is: nothing is owed where nothing was carried out."""

from datetime import timedelta

import msgspec
import pytest

from noc_tui.contract.suspension.values import Case, Notice
from noc_tui.labels.case_history import act_lines
from noc_tui.labels.cases import notice_words
from storage.evidence import EntryHead
from tests.support.cases import NOW, filled


def case_with(state: str, *, carried_out: bool = False, **notice: object) -> Case:
    started = NOW - timedelta(hours=1) if carried_out else None
    told = msgspec.structs.replace(Notice(), **notice)
    return msgspec.structs.replace(filled(), state=state, started_at=started, notice=told)


@pytest.mark.parametrize("state", ["draft", "suspended", "closed"])
def test_a_withheld_notice_is_not_one_that_was_not_sent(state: str) -> None:
    words = notice_words(case_with(state, carried_out=state != "draft", mode="withheld"))
    assert words == "withheld: an authority forbids it"


@pytest.mark.parametrize("mode", ["none", "before", "after"])
def test_a_case_that_was_dropped_owes_no_notice(mode: str) -> None:
    words = notice_words(case_with("cancelled", mode=mode))
    assert words == "none due: nothing was carried out"


def test_what_was_sent_or_is_owed_is_told() -> None:
    dropped = case_with("cancelled", mode="before", delivery="accepted")
    assert notice_words(dropped).endswith("accepted by the mail server")
    owed = case_with("closed", carried_out=True, mode="after")
    assert notice_words(owed).endswith("not sent")


def test_what_nobody_has_decided_yet_is_said_once() -> None:
    assert notice_words(case_with("draft")) == "not sent yet to the client"


def test_changes_of_a_draft_in_a_row_are_one_line() -> None:
    def act(seq: int, kind: str, account: str = "omar") -> EntryHead:
        return EntryHead(seq=seq, at=NOW, kind=f"suspension.{kind}", account=account)

    acts = [
        act(1, "opened"), act(2, "edited"), act(3, "edited"), act(4, "edited", "lea"),
        act(5, "checked"), act(6, "edited"),
    ]  # fmt: skip
    ends = [line.partition("· ")[2] for line in act_lines(acts)]
    assert ends == [
        "case opened · omar · 1",
        "draft changed · omar · 2–3",
        "draft changed · lea · 4",
        "checked · omar · 5",
        "draft changed · omar · 6",
    ]
