"""`zhengwu rebuild`: fold everything derived again from the streams."""

from cli.show import HERE, Home, Json, emit, run, say
from node.runtime.rebuilding import rebuild_home


def rebuild(home: Home = HERE, as_json: Json = False) -> None:
    """停机后由案卷链重建业务表 · fold all projections again; the node must not run。"""
    done = run(rebuild_home(home))
    if as_json:
        emit(done)
        return
    say(f"{done.node}: {done.events} 个事件重建 {done.tables} 张表 · events folded into tables")
    say(f"申请人 {done.applicants} 位 · applicants read again from their papers")
    if done.unreadable_parts:
        say(f"{done.unreadable_parts} 份材料不可读 · unreadable: zhengwu verify")
