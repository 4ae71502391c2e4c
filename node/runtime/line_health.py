"""How the links stand: contact, what waits, was refused, is parked, and what recovery lacks."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from federation import links
from federation.links import LinkRow
from federation.recovery import is_recovering
from node.database import Tx
from schemas.doctor import Finding, Standing

SILENT: Final = timedelta(hours=24)
LOST: Final = timedelta(days=30)  # a line's fault, not an evening's
PARKED_LONG: Final = timedelta(hours=24)  # protocol §4.4
OK, WARNING, FAULT = Standing.OK, Standing.WARNING, Standing.FAULT


def lines(tx: Tx, now: int) -> Iterator[Finding]:
    """Look at every link, then at what concerns all of them."""
    found = links.load_all(tx)
    for link in found:
        yield _line(tx, link, now)
    if not found:
        yield Finding(check="links", standing=OK, zh="没有线路", en="no neighbours")
    yield _parked(tx, now)
    yield _recovery(tx, found)


def _line(tx: Tx, link: LinkRow, now: int) -> Finding:
    check = f"link.{link.peer}"
    if link.open != links.OPEN:
        return Finding(
            check=check, standing=OK, zh=f"与 {link.peer} 的线路已停",
            en=f"the link to {link.peer} is closed by its record",
        )  # fmt: skip
    waiting, _ = links.waiting(tx, link.id)
    refused = tx.execute(
        "SELECT count(*) FROM refusals WHERE by_node = ? AND settled = 0", (link.peer,)
    ).fetchone()[0]
    silent = timedelta(milliseconds=now - link.last_contact)
    said = f"{waiting} waiting, {refused} refused, last contact {_ago(link, silent)}"
    zh = f"{link.peer}: 待发 {waiting}, 拒收 {refused}"
    standing, way = OK, ""
    if refused:
        standing = WARNING
        way = "look at what was refused; once mended: zhengwu nodes resend HASH"
    elif not link.epoch or silent > SILENT:
        far = link.last_contact and silent > LOST
        standing = FAULT if far else WARNING
        way = "check the line and whether the neighbour runs; nothing is lost meanwhile"
    return Finding(
        check=check, standing=standing, zh=zh, en=f"link to {link.peer}: {said}", way_out=way
    )


def _ago(link: LinkRow, silent: timedelta) -> str:
    if not link.last_contact:
        return "never"
    return f"{max(0, int(silent.total_seconds()))} s ago"


def _parked(tx: Tx, now: int) -> Finding:
    long_ago = now - int(PARKED_LONG.total_seconds() * 1000)
    count, old = tx.execute(
        "SELECT count(*), coalesce(sum(received_at < ?), 0) FROM parked", (long_ago,)
    ).fetchone()
    return Finding(
        check="parked", standing=WARNING if old else OK,
        zh=f"待核事件 {count} 个" + (f", {old} 个超过一天" if old else ""),
        en=f"{count} events wait for others" + (f", {old} for more than a day" if old else ""),
        way_out="see what they wait for: zhengwu verify --json; ask that neighbour" if old else "",
    )  # fmt: skip


def _recovery(tx: Tx, found: list[LinkRow]) -> Finding:
    if not is_recovering(tx):
        return Finding(check="recovery", standing=OK, zh="未在恢复中", en="not recovering")
    missing = [
        link.peer for link in found
        if link.open == links.OPEN and not link.answered and not link.waived
    ]  # fmt: skip
    names = ", ".join(missing) or "nobody"
    return Finding(
        check="recovery", standing=WARNING, zh=f"恢复中, 等待 {names}",
        en=f"restored from a backup; waiting for the answers of {names}",
        way_out="let it run; a neighbour that will not come back: zhengwu nodes waive PLACE",
    )  # fmt: skip
