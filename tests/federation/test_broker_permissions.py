"""The attack table: what a node with a valid key of its own may not do at the broker."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from federation import nkey
from federation.broker_config import BrokerSettings, BrokerUser, permissions, render
from schemas.ids import NodeId
from tests.support.brokers import (
    COUNTY,
    OTHER_TOWN,
    OTHER_VILLAGE,
    TOWN,
    VILLAGE,
    County,
    Letterbox,
    new_seed,
    run_county,
    until,
)
from tests.support.wire import Wire, dial

pytestmark = pytest.mark.broker

DENIED = b"-ERR 'Permissions Violation"
INBOX = f"_INBOX.{VILLAGE}.x"
NEXT = "$JS.API.CONSUMER.MSG.NEXT.MAIL"

FORBIDDEN_TO_PUBLISH = {
    "mail as another village": f"zw.{COUNTY}.in.{TOWN}.{OTHER_VILLAGE}",
    "mail past the town": f"zw.{COUNTY}.in.{COUNTY}.{VILLAGE}",
    "mail to another town": f"zw.{COUNTY}.in.{OTHER_TOWN}.{VILLAGE}",
    "mail to another village": f"zw.{COUNTY}.in.{OTHER_VILLAGE}.{VILLAGE}",
    "mail in another region": f"zw.6103.in.{TOWN}.{VILLAGE}",
    "pull another mailbox": f"{NEXT}.{TOWN}",
    "acknowledge another's mail": f"$JS.ACK.MAIL.{TOWN}.1.1.1.1.0",
    "create a stream": "$JS.API.STREAM.CREATE.EVIL",
    "update the stream": "$JS.API.STREAM.UPDATE.MAIL",
    "delete the stream": "$JS.API.STREAM.DELETE.MAIL",
    "purge the stream": "$JS.API.STREAM.PURGE.MAIL",
    "list the streams": "$JS.API.STREAM.NAMES",
    "read a stored message": "$JS.API.STREAM.MSG.GET.MAIL",
    "read a message directly": "$JS.API.DIRECT.GET.MAIL",
    "delete a stored message": "$JS.API.STREAM.MSG.DELETE.MAIL",
    "create a consumer": f"$JS.API.CONSUMER.CREATE.MAIL.{VILLAGE}x",
    "create a durable": f"$JS.API.CONSUMER.DURABLE.CREATE.MAIL.{VILLAGE}",
    "delete a consumer": f"$JS.API.CONSUMER.DELETE.MAIL.{TOWN}",
    "delete its own consumer": f"$JS.API.CONSUMER.DELETE.MAIL.{VILLAGE}",
    "pause a consumer": f"$JS.API.CONSUMER.PAUSE.MAIL.{TOWN}",
    "write into another's inbox": f"_INBOX.{TOWN}.x",
    "answer a join in another's name": f"_JOIN.{TOWN}.{OTHER_VILLAGE}.x",
    "ask to join": f"zw.{COUNTY}.join.{TOWN}.{VILLAGE}",
    "ask the account": "$JS.API.INFO",
    "ask the system": "$SYS.REQ.SERVER.PING",
}
FORBIDDEN_TO_HEAR = {
    "all mail": f"zw.{COUNTY}.in.>",
    "its own mail past the mailbox": f"zw.{COUNTY}.in.{VILLAGE}.*",
    "everything": ">",
    "another's inbox": f"_INBOX.{TOWN}.>",
    "all inboxes": "_INBOX.>",
    "joins of its siblings": f"zw.{COUNTY}.join.{TOWN}.*",
    "answers to joins": "_JOIN.>",
    "events": "$JS.EVENT.>",
    "acknowledgements": "$JS.ACK.>",
}


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[County]:
    async with run_county(tmp_path) as county, county.post(COUNTY, Letterbox().take) as owner:
        await until(lambda: owner.connected)
        await owner.ensure_mailboxes([TOWN, OTHER_TOWN, VILLAGE, OTHER_VILLAGE])
        yield county


async def stored(county: County) -> tuple[int, int]:
    """How many messages and consumers there are: what an attack must not change."""

    class State(msgspec.Struct):
        messages: int
        consumer_count: int

    class Info(msgspec.Struct):
        state: State

    async with dial(
        county.broker.port, county.seeds[COUNTY], county.certificates.authority
    ) as owner:
        await owner.subscribe(f"_INBOX.{COUNTY}.info")
        said = await owner.publish("$JS.API.STREAM.INFO.MAIL", b"", f"_INBOX.{COUNTY}.info")
        said += await owner.rest(0.1)
    found = msgspec.json.decode(said[said.index(b"{") : said.rindex(b"}") + 1], type=Info)
    return found.state.messages, found.state.consumer_count


async def test_everything_on_the_attack_table_is_denied_and_changes_nothing(county: County) -> None:
    port, authority = county.broker.port, county.certificates.authority
    async with dial(port, county.seeds[TOWN], authority) as town:
        mail = f"zw.{COUNTY}.in.{VILLAGE}.{TOWN}"
        assert DENIED not in await town.publish(mail, b"for the village")
    before = await stored(county)
    assert before == (1, 5)
    async with dial(port, county.seeds[VILLAGE], authority) as village:
        for attack, subject in FORBIDDEN_TO_PUBLISH.items():
            assert DENIED in await village.publish(subject, b"{}", INBOX), attack
        for attack, subject in FORBIDDEN_TO_HEAR.items():
            assert DENIED in await village.subscribe(subject), attack
    assert await stored(county) == before


async def test_a_village_may_write_to_its_town_and_read_its_own_mailbox(county: County) -> None:
    port, authority = county.broker.port, county.certificates.authority
    async with (
        dial(port, county.seeds[VILLAGE], authority) as village,
        dial(port, county.seeds[TOWN], authority) as town,
    ):
        assert DENIED not in await village.subscribe(f"_INBOX.{VILLAGE}.>")
        said = await village.publish(f"zw.{COUNTY}.in.{TOWN}.{VILLAGE}", b"up", INBOX)
        said += await village.rest(0.1)
        assert b'"stream":"MAIL"' in said
        assert DENIED not in await town.publish(f"zw.{COUNTY}.in.{VILLAGE}.{TOWN}", b"down")
        said = await village.publish(
            f"{NEXT}.{VILLAGE}", b'{"batch":1,"expires":1000000000}', INBOX
        )
        said += await village.rest(0.2)
        assert b"down" in said


async def test_a_reply_into_anothers_mailbox_is_the_brokers_word_and_is_told_by_its_form(
    county: County,
) -> None:
    """The server does not check where its answer goes (S1): it may land in a mailbox, unsigned."""
    box = Letterbox()
    port, authority = county.broker.port, county.certificates.authority
    async with county.post(TOWN, box.take), dial(port, county.seeds[VILLAGE], authority) as village:
        borrowed = f"zw.{COUNTY}.in.{TOWN}.{OTHER_VILLAGE}"
        await village.publish(f"zw.{COUNTY}.in.{TOWN}.{VILLAGE}", b"mine", borrowed)
        await until(lambda: b"mine" in box.frames())
        await until(lambda: len(box.came) >= 2)
    forged = [frame for sender, frame in box.came if sender == OTHER_VILLAGE]
    assert all(frame.startswith(b'{"stream":"MAIL"') for frame in forged)


async def test_a_temporary_user_can_do_nothing_but_ask_to_join(county: County) -> None:
    child, seed = NodeId("610328100203"), new_seed()
    guest = BrokerUser(child, nkey.public_of(seed), (TOWN,), temporary_for=TOWN)
    await county.broker.set_users((*county.users(), guest))
    port, authority = county.broker.port, county.certificates.authority
    inbox = f"_JOIN.{TOWN}.{child}"
    async with dial(port, seed, authority) as wire:
        assert DENIED not in await wire.subscribe(f"{inbox}.>")
        assert DENIED not in await wire.publish(f"zw.{COUNTY}.join.{TOWN}.{child}", b"please")
        forbidden = {
            **FORBIDDEN_TO_PUBLISH,
            "mail": f"zw.{COUNTY}.in.{TOWN}.{child}",
            "its mailbox": f"{NEXT}.{child}",
            "join elsewhere": f"zw.{COUNTY}.join.{COUNTY}.{child}",
            "join as another": f"zw.{COUNTY}.join.{TOWN}.{VILLAGE}",
        }
        for attack, subject in forbidden.items():
            assert DENIED in await wire.publish(subject, b"{}", f"{inbox}.x"), attack
        for attack, subject in {
            **FORBIDDEN_TO_HEAR,
            "answers to others": f"_JOIN.{TOWN}.>",
            "an inbox": f"_INBOX.{child}.>",
        }.items():
            assert DENIED in await wire.subscribe(subject), attack


async def test_a_stranger_and_a_nameless_client_are_turned_away(county: County) -> None:
    port, authority = county.broker.port, county.certificates.authority
    with pytest.raises((ConnectionRefusedError, ConnectionResetError)):
        async with dial(port, new_seed(), authority) as wire:
            await was_let_in(wire)


async def was_let_in(wire: Wire) -> None:
    assert not await wire.say(b"PING")
    raise ConnectionResetError


def test_the_rendered_configuration_is_strict(tmp_path: Path) -> None:
    keys = [nkey.public_of(new_seed()) for _ in range(3)]
    settings = BrokerSettings(
        owner=COUNTY,
        owner_nkey=keys[0],
        host="127.0.0.1",
        port=4222,
        folder=tmp_path,
        certificate=tmp_path / "c",
        private_key=tmp_path / "k",
    )
    users = (
        BrokerUser(TOWN, keys[1], (COUNTY, VILLAGE)),
        BrokerUser(VILLAGE, keys[1], (TOWN,)),  # the town's key
        BrokerUser(VILLAGE, keys[0], (TOWN,)),  # the owner's
        BrokerUser(VILLAGE, keys[2][:-1], (TOWN,)),  # no key
    )
    text = render(settings, users)
    config = msgspec.json.decode(text)
    assert config["jetstream"]["sync_interval"] == "always"
    assert config["tls"]["handshake_first"] is True
    assert config["tls"]["min_version"] == "1.3"
    assert config["http"] == "127.0.0.1:-1"
    assert (config["ping_interval"], config["ping_max"]) == ("20s", 2)
    assert [user["nkey"] for user in config["authorization"]["users"]] == keys[:2]
    assert "permissions" not in config["authorization"]["users"][0]
    assert render(settings, users) == text


def test_a_users_rights_name_only_itself_and_its_neighbours() -> None:
    rights = permissions(BrokerUser(VILLAGE, "U", (TOWN,)), COUNTY)
    assert rights.publish.allow == (
        f"zw.{COUNTY}.in.{TOWN}.{VILLAGE}",
        f"$JS.API.CONSUMER.MSG.NEXT.MAIL.{VILLAGE}",
        f"$JS.ACK.MAIL.{VILLAGE}.>",
        f"_JOIN.{VILLAGE}.>",
    )
    assert rights.subscribe.allow == (f"_INBOX.{VILLAGE}.>", f"zw.{COUNTY}.join.{VILLAGE}.*")
