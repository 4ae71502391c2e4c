"""Pages and API of notices over real HTTP: issued, looked at, printed, proven by anybody."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec
import pytest

from federation import streams
from node.applicants.model import normal
from node.cases import receiving
from node.database import Tx
from node.notices import layout
from node.notices.proving import PROOFS_A_MINUTE, Prover
from node.web.turnstile import Turnstile
from schemas.cases_api import ReceiveCase
from schemas.ids import EventHash, NodeId, node_stream
from schemas.notices import CaseNotices, NoticeKind, NoticeProof, NoticeView
from tests.support.casework import CLERK, PAPERS, ZHANG
from tests.support.pagenode import COUNTY, PageNode, page_node
from tests.support.visitors import Visitors, visitors_of


@dataclass
class Counter:
    """A county with one case, and a notice about it."""

    node: PageNode
    visitor: Visitors
    public: httpx.AsyncClient
    number: str
    notice: NoticeView

    @property
    def own(self) -> str:
        return f"/cases/{self.number}/notices/{self.notice.code}"


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[Counter]:
    async with (
        page_node(tmp_path) as node,
        visitors_of(node) as visitor,
        httpx.AsyncClient(base_url=node.url) as public,
    ):
        record = await node.works.read(_first, COUNTY)
        node.works.ledger.root = record
        ready = receiving.make_intake(node.parts, node.register, normal(ZHANG))
        form = ReceiveCase(item="wjj-01", applicant=ZHANG, materials=PAPERS)
        view = await node.works.run(CLERK, receiving.receive, form, ready)
        clerk = await visitor("clerk")
        notices = f"/cases/{view.number}/notices"
        place = await clerk.went(notices, {"notice": "receipt", "seq": "0"})
        listed = await clerk.get(f"/api/v1{notices}")
        known = msgspec.json.decode(listed.content, type=CaseNotices)
        assert place == f"{notices}/{known.issued[0].code}?done=1"
        yield Counter(node, visitor, public, view.number, known.issued[0])


def _first(tx: Tx, node: NodeId) -> EventHash:
    stream = streams.load(tx, node_stream(node))
    assert stream is not None
    return streams.events(tx, stream)[0].hash


async def test_a_clerk_issues_looks_and_prints_the_same_bytes(county: Counter) -> None:
    clerk = await county.visitor("clerk")
    page = await clerk.page(f"{county.own}?done=1")
    for said in (
        county.notice.number,
        f'src="{county.own}/paper"',
        f'href="{county.own}/paper.pdf"',
    ):
        assert said in page, said
    paper = await clerk.get(f"{county.own}/paper")
    assert paper.headers["content-type"].startswith("text/html")
    assert "script" not in paper.headers["content-security-policy"]
    assert paper.headers["x-frame-options"] == "SAMEORIGIN"
    assert paper.headers["cache-control"] == "no-store"
    assert ZHANG.name in paper.text
    assert county.notice.number in paper.text
    again = await clerk.get(f"/api/v1{county.own}")
    assert (again.content, again.status_code) == (paper.content, 200)
    assert await clerk.went(
        f"/cases/{county.number}/notices", {"notice": "receipt", "seq": "0"}
    ) == (county.own)
    other = await clerk.get(f"/cases/{county.number}")
    assert other.headers["x-frame-options"] == "DENY"


@pytest.mark.browser
async def test_a_pdf_is_made_once_and_kept(county: Counter) -> None:
    clerk = await county.visitor("clerk")
    first = await clerk.http.get(f"{county.own}/paper.pdf", timeout=60)
    assert first.content.startswith(b"%PDF-")
    assert first.headers["content-type"] == "application/pdf"
    again = await clerk.get(f"/api/v1{county.own}.pdf")
    assert again.content == first.content
    assert not any(b"%PDF" in file.read_bytes() for file in _files(county.node))


def _files(node: PageNode) -> list[Path]:
    return list(node.parts.folder.glob("??/*"))


async def test_anybody_with_the_code_learns_whose_it_is_and_nothing_of_the_person(
    county: Counter,
) -> None:
    code = county.notice.code
    page = await county.public.get(f"/v/{code}", headers={"Accept-Language": "zh-CN"})
    assert page.status_code == 200
    said = ("核验通过", county.notice.number, county.number, "公共场所卫生许可", "千阳县")
    for one in (*said, "申请材料接收凭证"):
        assert one in page.text, one
    for secret in (ZHANG.name, ZHANG.id_number, ZHANG.phone, ZHANG.id_number[-4:]):
        assert secret not in page.text
    english = await county.public.get(f"/v/{code.upper()}", headers={"Accept-Language": "en"})
    assert "Verified" in english.text
    assert "Qianyang County" in english.text
    answer = await county.public.get(f"/api/v1/public/notices/{code}")
    proof = msgspec.json.decode(answer.content, type=NoticeProof)
    assert (proof.found, proof.verified, proof.notice) == (True, True, NoticeKind.RECEIPT)
    assert (proof.number, proof.case, proof.issuer) == (
        county.notice.number, county.number, COUNTY,
    )  # fmt: skip


async def test_an_unknown_code_is_said_to_be_unknown_and_one_typed_from_paper_is_found(
    county: Counter,
) -> None:
    for code in ("a" * 16, "nothing", "%3Cscript%3E"):
        page = await county.public.get(f"/v/{code}", headers={"Accept-Language": "zh-CN"})
        assert page.status_code == 404
        assert "没有找到这份文书" in page.text
        assert "<script>" not in page.text
        answer = await county.public.get(f"/api/v1/public/notices/{code}")
        assert msgspec.json.decode(answer.content, type=NoticeProof) == NoticeProof(found=False)
    code = county.notice.code
    typed = f"{code[:4].upper()} {code[4:8]} {code[8:12]}-{code[12:]}"
    answer = await county.public.get("/v", params={"code": typed})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/v/{code}")
    assert (await county.public.get("/v", params={"code": "?"})).status_code == 200


TAMPERED = (
    ("case.received", '"item_version":1', '"item_version":2'),
    ("note.notice_issued", '"notice":"receipt"', '"notice":"refusal"'),
    ("note.notice_issued", "号", "第"),
)


async def test_what_was_changed_in_the_store_does_not_verify(county: Counter) -> None:
    def payload(tx: Tx, kind: str) -> bytes:
        row = tx.execute("SELECT payload FROM events WHERE kind = ?", (kind,)).fetchone()
        return bytes(row[0])

    def put(tx: Tx, kind: str, content: bytes) -> None:
        tx.execute("UPDATE events SET payload = ? WHERE kind = ?", (content, kind))

    for kind, was, becomes in TAMPERED:
        sound = await county.node.works.read(payload, kind)
        assert was in sound.decode()
        changed = sound.decode().replace(was, becomes).encode()
        await county.node.database.write(lambda tx, k=kind, c=changed: put(tx, k, c))  # type: ignore[misc]
        assert not (await _proven(county)).verified, (kind, was)
        await county.node.database.write(lambda tx, k=kind, c=sound: put(tx, k, c))  # type: ignore[misc]
        assert (await _proven(county)).verified
    await county.node.database.write(  # and a row that no note bears out
        lambda tx: tx.execute("UPDATE notices SET number = '千行审许〔2026〕第9999号'")
    )
    assert not (await _proven(county)).verified
    page = await county.public.get(f"/v/{county.notice.code}", headers={"Accept-Language": "zh-CN"})
    assert "核验未通过" in page.text
    assert "核验通过<" not in page.text


async def _proven(county: Counter) -> NoticeProof:
    """Prove it anew: the node's own prover remembers an answer for a moment."""
    return (await Prover(county.node.works).prove(county.notice.code)).proof


async def test_one_address_asks_only_so_often(county: Counter) -> None:
    statuses = [
        (await county.public.get("/api/v1/public/notices/aaaaaaaaaaaaaaaa")).status_code
        for _ in range(PROOFS_A_MINUTE)
    ]
    assert statuses[0] == 200
    assert 429 in statuses
    refused = await county.public.get("/v/aaaaaaaaaaaaaaaa")
    assert (refused.status_code, int(refused.headers["retry-after"]) > 0) == (429, True)


def test_the_turnstile_forgives_with_time_and_tells_addresses_apart() -> None:
    now = 0.0
    gate = Turnstile(60, monotonic=lambda: now)
    for _ in range(20):
        gate.count("a")
    gate.count("b")
    with pytest.raises(Exception, match="try again"):
        gate.count("a")
    now = 1.5
    gate.count("a")


WRONG: tuple[dict[str, str], ...] = (
    {},
    {"notice": "receipt"},
    {"notice": "diploma", "seq": "0"},
    {"notice": "receipt", "seq": "9" * 30},
    {"notice": "denial", "seq": "0"},
)


async def test_only_who_handles_cases_sees_a_notice_and_issues_what_is_called_for(
    county: Counter,
) -> None:
    for login, status in (("supervisor", 403), ("operator", 403), ("handler", 404)):
        other = await county.visitor(login)
        assert (await other.get(f"{county.own}/paper")).status_code == status, login
    assert (await county.public.get(f"{county.own}/paper")).status_code == 303
    clerk = await county.visitor("clerk")
    for typed in WRONG:
        answer = await clerk.post(f"/cases/{county.number}/notices", typed)
        assert answer.status_code == 422, typed
    listed = await clerk.get(f"/api/v1/cases/{county.number}/notices")
    assert len(msgspec.json.decode(listed.content, type=CaseNotices).issued) == 1


async def test_the_operator_edits_a_text_and_a_broken_one_changes_nothing(county: Counter) -> None:
    operator, clerk = await county.visitor("operator"), await county.visitor("clerk")
    place = "/notices/templates/receipt"
    assert "申请材料接收凭证" in await operator.page("/notices/templates")
    page = await operator.page(place)
    assert "{{ materials }}" in page
    sound = layout.default_text(NoticeKind.RECEIPT) + "本县热线 0917-12345"
    assert await operator.went(place, {"text": sound}) == f"{place}?done=saved"
    preview = await operator.get(f"{place}/preview")
    assert "本县热线 0917-12345" in preview.text
    assert "样张" in preview.text
    broken = await operator.post(place, {"text": sound + "\n{{ nobody }}"})
    assert broken.status_code == 422
    assert "{{ nobody }}" in broken.text
    assert f"第 {sound.count(chr(10)) + 2} 行" in broken.text
    tried = await operator.post(f"{place}/preview", {"text": sound.replace("0917-12345", "12345")})
    assert "本县热线 12345" in tried.text
    assert "本县热线 0917-12345" in (await operator.get(f"{place}/preview")).text
    assert await operator.went(f"{place}/reset") == f"{place}?done=reset"
    assert "本县热线" not in (await operator.get(f"{place}/preview")).text
    for path in ("/notices/templates", place, f"{place}/preview"):
        assert (await clerk.get(path)).status_code == 403, path
    assert (await clerk.post(place, {"text": sound})).status_code == 403
    assert (await operator.get("/notices/templates/diploma")).status_code == 404
