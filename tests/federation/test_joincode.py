"""The one-time code: read as people type it, bound to two places, and the same for ever."""

from pathlib import Path

import msgspec
import pytest

from federation import joincode, nkey
from federation.errors import BadSignatureError, MalformedError
from schemas.ids import NodeId
from tests.support.brokers import COUNTY, NEW, TOWN, VILLAGE, new_seed


def test_a_code_is_read_as_people_type_it() -> None:
    assert joincode.parse_code(" gc0y fizw5wkj-gkf5 ") == "GCOY-FIZW-5WKJ-GKF5"
    for spoilt in ("", "GCOY", "GCOY-FIZW-5WKJ-GKF", "GCOY-FIZW-5WKJ-GKF9", "政" * 16):
        with pytest.raises(MalformedError):
            joincode.parse_code(spoilt)
    assert joincode.parse_code(joincode.new_code().lower()) != joincode.new_code()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "127.0.0.1:1#610328#610328100#610328100203",
        "no port#610328#610328100#610328100203#GCOY-FIZW-5WKJ-GKF5",
        "127.0.0.1:1#nowhere#610328100#610328100203#GCOY-FIZW-5WKJ-GKF5",
        "127.0.0.1:1#610328#610328100#610328100203#GCOY",
    ],
)
def test_what_is_no_invitation_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        joincode.parse_invitation(text)


def test_what_comes_of_a_code_is_bound_to_both_places() -> None:
    code = "GCOY-FIZW-5WKJ-GKF5"
    keys = joincode.derive(code, parent=TOWN, child=NEW)
    assert keys == joincode.derive(code.lower(), parent=TOWN, child=NEW)
    assert keys.nkey_seed != joincode.derive(code, parent=TOWN, child=VILLAGE).nkey_seed
    assert keys.mac_key != joincode.derive(code, parent=COUNTY, child=NEW).mac_key
    message = joincode.protect(keys.mac_key, joincode.ASK, b"body")
    with pytest.raises(BadSignatureError):
        joincode.open_protected(keys.mac_key, joincode.ANSWER, message)
    with pytest.raises(BadSignatureError):
        joincode.open_protected(keys.mac_key, joincode.ASK, message + b"!")
    with pytest.raises(BadSignatureError):
        joincode.open_protected(keys.mac_key, joincode.ASK, b"")


def test_what_comes_of_a_code_never_changes() -> None:
    golden = msgspec.json.decode(Path("tests/vectors/join.json").read_bytes(), type=dict[str, str])
    keys = joincode.derive(
        golden["code"], parent=NodeId(golden["parent"]), child=NodeId(golden["child"])
    )
    assert keys.nkey_seed.decode() == golden["nkey_seed"]
    assert keys.public_nkey == golden["public_nkey"]
    assert keys.mac_key.hex() == golden["mac_key"]
    tag = joincode.mac(keys.mac_key, joincode.ASK, golden["body"].encode())
    assert tag.hex() == golden["ask_mac"]


def test_a_public_key_is_told_from_other_text() -> None:
    public = nkey.public_of(new_seed())
    assert nkey.is_public(public)
    for spoilt in ("", public[:-1], public.lower(), "A" + public[1:], new_seed(), "政"):
        assert not nkey.is_public(spoilt)
