"""`node.toml`: what is taken, what is refused, and with which sentence."""

from datetime import timedelta
from pathlib import Path

import pytest

from node.errors import SettingsError
from node.runtime import sign_in_health
from node.settings import (
    Broker,
    BrokerMode,
    Http,
    Purpose,
    SecondFactor,
    Settings,
    SignInRules,
    Upstream,
    load_settings,
    save_settings,
)
from schemas.doctor import Standing
from schemas.ids import NodeId
from schemas.nodes import NodeNames

NAMES = NodeNames(zh='千阳县 "政务"', en="Qianyang\\County")
FULL = Settings(
    node=NodeId("610328"),
    names=NAMES,
    root="a" * 64,
    purpose=Purpose.DEMO,
    clock_offset_seconds=-86400,
    public_url="https://example.test:8443",
    http=Http(host="127.0.0.1", port=0, tls=False),
    broker=Broker(mode=BrokerMode.EMBEDDED, port=4222),
    upstream=Upstream(url="tls://127.0.0.1:4222", region=NodeId("6103")),
)


@pytest.mark.parametrize("settings", [FULL, Settings(node=NodeId("6103"), names=NAMES)])
def test_what_is_saved_is_what_is_read(tmp_path: Path, settings: Settings) -> None:
    save_settings(tmp_path, settings)
    assert load_settings(tmp_path) == settings
    assert not [path for path in tmp_path.iterdir() if path.name != "node.toml"]


@pytest.mark.parametrize(
    ("purpose", "said", "asked"),
    [
        (Purpose.PRODUCTION, None, True),
        (Purpose.PRODUCTION, SecondFactor.OFF, False),
        (Purpose.DEMO, None, False),
        (Purpose.TEST, None, False),
        (Purpose.DEMO, SecondFactor.REQUIRED, True),
    ],
)
def test_a_real_home_asks_keepers_for_a_second_factor_unless_told_otherwise(
    tmp_path: Path, purpose: Purpose, said: SecondFactor | None, *, asked: bool
) -> None:
    rules = SignInRules(second_factor=said)
    settings = Settings(node=NodeId("6103"), names=NAMES, purpose=purpose, sign_in=rules)
    save_settings(tmp_path, settings)
    assert load_settings(tmp_path).asks_second_factor is asked
    standing = sign_in_health.second_factor(settings).standing
    real_and_off = purpose is Purpose.PRODUCTION and not asked
    assert standing is (Standing.WARNING if real_and_off else Standing.OK)


def test_a_shifted_clock_is_told_in_time(tmp_path: Path) -> None:
    save_settings(tmp_path, FULL)
    assert load_settings(tmp_path).clock_offset == timedelta(days=-1)


HEAD = 'node = "610328"\n'
NAMED = '[names]\nzh = "千阳县"\nen = "Qianyang"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('node = "61032"\n' + NAMED, "division code"),
        (HEAD + "nod = 1\n" + NAMED, "unknown field `nod`"),
        (HEAD, "missing required field `names`"),
        (HEAD + "purpose = 'game'\n" + NAMED, "`$.purpose`"),
        (HEAD + "clock_offset_seconds = 60\n" + NAMED, "clock_offset_seconds"),
        (HEAD + "root = 'abc'\n" + NAMED, "fingerprint"),
        (HEAD + NAMED + "[sign_in]\nidle_minutes = 1\n", "from 2 to 240"),
        (HEAD + NAMED + "[sign_in]\nidle_minutes = 600\n", "from 2 to 240"),
        (HEAD + NAMED + "[sign_in]\nlongest_hours = 25\n", "from 1 to 24"),
        (HEAD + NAMED + "[sign_in]\nsecond_factor = 'maybe'\n", "`$.sign_in.second_factor`"),
        (HEAD + NAMED + "[http]\nhost = '0.0.0.0'\ntls = false\n", "loopback"),
        (HEAD + NAMED + "[http]\nport = 70000\n", "not a port"),
        (HEAD + NAMED + "[broker]\nmode = 'external'\n", "broker.url"),
        (HEAD + NAMED + "[broker]\nurl = 'tls://x'\n", "broker.url"),
        ("node = ", "node.toml"),
        (HEAD + 'public_url = "qianyang"\n' + NAMED, "public_url"),
    ],
)
def test_a_mistake_is_one_sentence_that_names_it(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "node.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path)
    assert said in str(caught.value)
    assert "node.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_home_without_settings_says_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="zhengwu init"):
        load_settings(tmp_path)


def test_wrong_settings_are_not_saved(tmp_path: Path) -> None:
    save_settings(tmp_path, FULL)
    wrong = Settings(node=NodeId("610328"), names=NAMES, clock_offset_seconds=5)
    with pytest.raises(SettingsError):
        save_settings(tmp_path, wrong)
    assert load_settings(tmp_path) == FULL


def test_children_are_told_the_name_of_the_broker_and_the_certificate_holds_every_name() -> None:
    everywhere = Broker(mode=BrokerMode.EMBEDDED, host="0.0.0.0", name="nats.county.example")  # noqa: S104
    settings = Settings(
        node=NodeId("610328"),
        names=NAMES,
        public_url="https://hall.county.example",
        http=Http(host="10.1.2.3"),
        broker=everywhere,
    )
    assert settings.broker_address(4222) == "tls://nats.county.example:4222"
    assert settings.reached_as == ("10.1.2.3", "nats.county.example", "hall.county.example")


def test_a_broker_without_a_name_is_reached_where_it_listens() -> None:
    at_home = Settings(node=NodeId("610328"), names=NAMES)
    assert at_home.broker_address(4222) == "tls://127.0.0.1:4222"
