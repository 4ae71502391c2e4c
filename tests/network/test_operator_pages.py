"""An operator at the pages of running nodes: what did not arrive, the tree, what is done to it."""

import re

import msgspec

from federation import streams
from federation.joincode import parse_invitation
from node.audit import actions as audit
from node.audit.store import Wanted
from node.database import Tx
from node.runtime import node_commands
from schemas import control as c
from schemas.audit import Act
from schemas.ids import NodeId
from schemas.nodes import NodeState
from tests.support.nodes import COUNTY, NEW_TOWN, NEW_VILLAGE, TOWN, VILLAGE, Net, until
from tests.support.operators import AGENT, at_desk, refused
from tests.support.windows import HOMESTEAD, see, take


async def _acts(net: Net, node: NodeId) -> list[Act]:
    return [one.act for one in await net.read(node, lambda tx: audit.exported(tx, Wanted(), 9))]


async def test_an_agent_sends_what_was_refused_again_and_learns_what_it_was(three: Net) -> None:
    taken = await take(three[VILLAGE], HOMESTEAD)
    await three.quiet()
    event = await refused(three[VILLAGE], TOWN)
    async with at_desk(three[VILLAGE], AGENT) as agent:
        page = await agent.page("/links")
        assert taken.number in page
        assert "序号接不上" in page
        assert "发现：" not in page  # findings are the operator's
        assert await agent.went("/links/resend", {"event": event}) == "/links?sent=again"
        assert "已重新排队" in await agent.page("/links?sent=again")
        assert taken.number not in await agent.page("/links")
        assert await agent.went("/links/resend", {"event": event}) == "/links?sent=gone"
        answer = await agent.post("/links/resend", {"event": "no hash"})
        assert answer.status_code == 422
    await three.quiet(TOWN, VILLAGE)
    assert await see(three[TOWN], taken.number) is not None
    assert Act.DELIVERY_RESENT in await _acts(three, VILLAGE)


async def test_an_invitation_is_shown_in_parts_that_can_be_typed(three: Net) -> None:
    async with at_desk(three[TOWN]) as operator:
        wrong = await operator.post("/nodes", {"node": "610329100", "zh": "别处"})
        assert wrong.status_code == 422
        assert 'value="610329100"' in wrong.text  # nothing typed is lost
        made = await operator.post("/nodes", {"node": NEW_VILLAGE, "zh": "新村"})
        assert made.status_code == 200
        line = re.search(r"[^\s<>]+#610328#610328100#610328100202#[A-Z2-7-]+", made.text)
        assert line
        invited = parse_invitation(line.group())
        for part in (invited.address, invited.child, invited.code, "<svg"):
            assert part in made.text
        assert "等它用入网码加入" in await operator.page("/nodes")
        assert invited.code not in await operator.page("/nodes")
    await three.join(NEW_VILLAGE, line.group())
    assert Act.NODE_INVITED in await _acts(three, TOWN)


async def test_a_node_is_suspended_only_for_a_reason_and_comes_back(three: Net) -> None:
    async with at_desk(three[TOWN]) as operator:
        said = await operator.page(f"/nodes/{VILLAGE}/suspend")
        assert "马上不能再收发" in said
        bare = await operator.post(f"/nodes/{VILLAGE}/suspend")
        assert bare.status_code == 422
        assert "请选择原因" in bare.text
        assert await _state(three) is NodeState.ENROLLED
        done = await operator.went(f"/nodes/{VILLAGE}/suspend", {"reason": "other"})
        assert "已暂停" in await operator.page(done)
        assert await _state(three) is NodeState.SUSPENDED
        again = await operator.post(f"/nodes/{VILLAGE}/suspend", {"reason": "other"})
        assert again.status_code == 404
        await operator.went(f"/nodes/{VILLAGE}/resume", {"reason": "by_mistake"})
        assert await _state(three) is NodeState.ENROLLED
    assert {Act.NODE_SUSPENDED, Act.NODE_RESUMED} <= set(await _acts(three, TOWN))


async def test_what_cannot_be_undone_asks_for_a_tick(three: Net) -> None:
    async with at_desk(three[TOWN]) as operator:
        form = {"reason": "key_stolen"}
        bare = await operator.post(f"/nodes/{VILLAGE}/revoke", form)
        assert bare.status_code == 422
        assert await _state(three) is NodeState.ENROLLED
        await operator.went(f"/nodes/{VILLAGE}/revoke", {**form, "sure": "yes"})
        assert await _state(three) is NodeState.REVOKED


async def _state(net: Net) -> NodeState:
    known = (await node_commands.list_nodes(net[TOWN], c.Nothing())).nodes
    return next(one.state for one in known if one.node == VILLAGE)


async def test_a_case_of_a_silent_node_is_taken_back(three: Net) -> None:
    taken = await take(three[VILLAGE], HOMESTEAD)
    await three.quiet()
    await three.stop(VILLAGE)
    async with at_desk(three[COUNTY]) as operator:
        page = await operator.page(f"/nodes/{TOWN}")  # the town holds it now: it is to check it
        assert taken.number in page
        form = {"stream": taken.stream, "reason": "holder_silent"}
        bare = await operator.post(f"/nodes/{TOWN}/reclaim", form)
        assert bare.status_code == 422
        where = await operator.post(
            f"/nodes/{TOWN}/reclaim", {**form, "sure": "yes", "holder": VILLAGE}
        )
        assert where.status_code == 422  # neither here nor between here and its holder
        await operator.went(f"/nodes/{TOWN}/reclaim", {**form, "sure": "yes"})
        assert taken.number not in await operator.page(f"/nodes/{TOWN}")
    found = await see(three[COUNTY], taken.number)
    assert found is not None
    assert found.holder == COUNTY
    assert Act.NODE_RECLAIMED in await _acts(three, COUNTY)


async def test_what_turns_up_after_a_revocation_is_adopted_by_a_person(three: Net) -> None:
    await three.stop(TOWN, COUNTY)
    taken = await take(three[VILLAGE], HOMESTEAD)  # nobody else knows it

    def written(tx: Tx) -> list[bytes]:
        stream = streams.load(tx, taken.stream)
        assert stream is not None
        return [bytes(raw) for raw in streams.envelopes(tx, stream)]

    found = await three.read(VILLAGE, written)
    await three.stop(VILLAGE)
    await three.start(TOWN)
    async with at_desk(three[TOWN]) as operator:
        form = {"reason": "key_stolen", "sure": "yes"}
        await operator.went(f"/nodes/{VILLAGE}/revoke", form)
        town = three[TOWN].node
        for raw in found:  # brought on a stick
            await town.database.write(
                lambda tx, raw=raw: town.ledger.receive(tx, raw, peer="", now=town.works.now_ms)  # type: ignore[misc]
            )
        page = await operator.page("/nodes")
        assert taken.stream in page
        adopt = f"/nodes/{VILLAGE}/adopt"
        assert "确认它们是真的" in await operator.page(f"{adopt}?stream={taken.stream}")
        assert (await operator.post(adopt, {"stream": taken.stream})).status_code == 422
        await operator.went(adopt, {"stream": taken.stream, "reason": "other"})
        assert taken.stream not in await operator.page("/nodes")
        again = await operator.post(adopt, {"stream": taken.stream, "reason": "other"})
        assert again.status_code == 404
    assert await see(three[TOWN], taken.number) is not None


async def test_nobody_is_invited_where_no_broker_is_in_reach(three: Net) -> None:
    await three.stop(TOWN)
    three.settle_in(TOWN, lambda old: msgspec.structs.replace(old, upstream=None))
    await three.start(TOWN)
    async with at_desk(three[TOWN]) as operator:
        answer = await operator.post("/nodes", {"node": NEW_VILLAGE, "zh": "新村"})
        assert answer.status_code == 422
        assert "连不上消息服务" in answer.text
        assert 'value="新村"' in answer.text


async def test_a_node_changes_its_own_keys_from_its_page(three: Net) -> None:
    before = (await three.status(TOWN)).key
    async with at_desk(three[TOWN]) as operator:
        assert await operator.went(f"/nodes/{TOWN}/rotate") == f"/nodes/{TOWN}?done=rotated"

        async def has_changed() -> bool:
            return (await three.status(TOWN)).key != before

        await until(has_changed)
        assert (await operator.get(f"/nodes/{COUNTY}/rotate")).status_code == 404


async def test_whoever_is_no_operator_has_no_tree(three: Net) -> None:
    async with at_desk(three[VILLAGE], AGENT) as agent:
        for path in ("/nodes", f"/nodes/{VILLAGE}", f"/nodes/{VILLAGE}/rotate", "/api/v1/nodes"):
            assert (await agent.get(path)).status_code == 403
        answer = await agent.post(f"/nodes/{VILLAGE}/rotate")
        assert answer.status_code == 403


async def test_programs_find_the_same_tree(three: Net) -> None:
    async with at_desk(three[TOWN]) as operator:
        found = (await operator.http.get("/api/v1/nodes")).json()
        states = {one["node"]: (one["state"], one["governed"]) for one in found["nodes"]}
        assert states[VILLAGE] == ("enrolled", True)
        assert states[TOWN] == ("enrolled", False)
        headers = {"X-CSRF-Token": operator.csrf}
        answer = await operator.http.post(
            f"/api/v1/nodes/{VILLAGE}/suspend", json={"reason": "whim"}, headers=headers
        )
        assert answer.status_code == 422
        made = await operator.http.post(
            "/api/v1/nodes", json={"node": NEW_VILLAGE, "zh": "新村"}, headers=headers
        )
        assert made.status_code == 201
        assert parse_invitation(made.json()["text"]).code == made.json()["code"]
        elsewhere = await operator.http.post(
            "/api/v1/nodes", json={"node": NEW_TOWN, "zh": "别处"}, headers=headers
        )
        assert elsewhere.status_code == 422
