"""`zhengwu verify`: a whole store, or one proof file, against the root's fingerprint."""

from pathlib import Path
from typing import Annotated, Final

import typer

from cli.show import HERE, REFUSALS, Home, Json, emit, fail, say
from federation.proof import verify_proof
from node.runtime.verifying import verify_home
from schemas.ids import EventHash
from schemas.verification import Flaw, Verification

FINGERPRINT_DIGITS: Final = 64
FLAWS: Final = {
    Flaw.PAYLOAD: "内容被改",
    Flaw.SIGNATURE: "签名不符",
    Flaw.KEY: "密钥无据",
    Flaw.CHAIN: "链不接",
    Flaw.CUSTODY: "越权书写",
    Flaw.ROOT: "根不符",
    Flaw.FORMAT: "格式不对",
    Flaw.ROW: "索引不符",
    Flaw.VERDICT: "判定不符",
    Flaw.PROJECTION: "业务表不符",
    Flaw.PART: "材料损坏",
    Flaw.LINK: "线路数字不合理",
}


def verify(
    home: Home = HERE,
    proof: Annotated[
        Path | None, typer.Option("--proof", help="案卷证明文件 · a proof file to check。")
    ] = None,
    root: Annotated[
        str, typer.Option("--root", help="根指纹, 64 位 · the root's fingerprint。")
    ] = "",
    as_json: Json = False,
) -> None:
    """只凭根指纹核验全库或一份证明 · verify a whole store, or one proof file。"""
    if root and not (len(root) == FINGERPRINT_DIGITS and set(root) <= set("0123456789abcdef")):
        fail("--root is not a fingerprint of 64 lower-case hex digits", code=2)
    if proof is not None and not root:
        fail("a proof file is checked against a fingerprint from elsewhere: give --root", code=2)
    try:
        if proof is not None:
            found = verify_proof(proof.read_bytes(), EventHash(root))
        else:
            found = verify_home(home, root=EventHash(root) if root else None)
    except REFUSALS as error:
        fail(str(error))
    if as_json:
        emit(found)
    else:
        _tell(found)
    raise typer.Exit(0 if found.clean else 1)


def _tell(found: Verification) -> None:
    for fault in found.faults:
        say(f"{FLAWS[fault.flaw]} · {fault.sentence}")
    if found.more_faults:
        say(f"另有 {found.more_faults} 处 · {found.more_faults} more")
    if found.unproven:
        say(f"{found.unproven} 个事件因上述原因无法证明 · {found.unproven} events cannot be proven")
    if found.proof is not None:
        say(f"案卷链 · stream {found.proof.stream}: {found.proof.counting} 个有效事件 · counting")
        say(f"持有 · held by {found.proof.holder}, 末事件 · head {found.proof.head}")
    for one in found.parked_events:
        say(f"待核 · parked: {one.stream} {one.hash[:12]}… waits for {one.wants}")
    say(
        f"{found.nodes} 个节点, {found.streams} 条链, {found.events} 个事件, {found.parts} 份材料, "
        f"{found.waiting} 个不计 · not counting, {found.disputes} 个争议 · disputed"
    )
    say("核验无误 · clean" if found.clean else "发现问题 · not clean")
