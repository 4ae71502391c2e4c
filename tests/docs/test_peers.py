import inspect
from types import ModuleType

import msgspec
import pytest

from schemas import (
    calendar,
    cases,
    evaluation,
    events,
    items,
    links,
    nodes,
    notices,
    orders,
    parts,
    redress,
    releases,
    revisions,
    roster,
    supervision,
    tasks,
    wishes,
)
from tests.support import documents

SAID = {text for text in documents.read("docs/peers.md").inline() if text.isidentifier()}
VALUES = {"NodeNames", "PublicKeys", "Person", "MaterialGiven"}
"""What travels inside these, never alone."""


MODULES = (
    links, parts, nodes, wishes, events, cases, items, calendar, releases, revisions, tasks,
    notices, roster, redress, supervision, evaluation, orders,
)  # fmt: skip
AND_VALUES = (
    cases, items, calendar, releases, revisions, tasks, notices, roster, redress, supervision,
    evaluation, orders,
)  # fmt: skip
"""Modules that define more than messages: a message has a tag."""


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_every_message_that_a_peer_can_send_has_its_line(module: ModuleType) -> None:
    own = [
        one
        for _, one in inspect.getmembers(module, inspect.isclass)
        if issubclass(one, msgspec.Struct) and one.__module__ == module.__name__
    ]
    sent = {one.__name__ for one in own if module not in AND_VALUES or one.__struct_config__.tag}
    assert sent - VALUES <= SAID
