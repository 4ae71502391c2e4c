"""A node that counted by an older program counts all of it once more by the newer one."""

from pathlib import Path

from node.database import open_plain
from tests.support.house import ROOT

ANEW = "0094_counted_anew.sql"
STREAMS = ("case/610328/a", "note/610328/b", "redress/610328/c", "order/610328/d", "item/610328/e")


def test_whatever_was_counted_before_is_looked_at_again(tmp_path: Path) -> None:
    tx = open_plain(tmp_path / "node.db", read_only=False)
    folder = ROOT / "node/migrations"
    for script in sorted(one.name for one in folder.glob("*.sql") if one.name < ANEW):
        tx.executescript((folder / script).read_text(encoding="utf-8"))
    for name in STREAMS:
        kind, creator, _ = name.split("/")
        tx.execute(
            "INSERT INTO streams (name, kind, head, head_seq, holder, tip, tip_seq, parties, peers)"
            " VALUES (?1, ?2, x'00', 0, ?3, x'00', 0, ?3, '')",
            (name, kind, creator),
        )
    tx.execute("INSERT INTO followers VALUES ('appraisal', 9, 0)")
    tx.execute("INSERT INTO follow_next VALUES ('appraisal', ?, 77)", (STREAMS[0],))
    tx.executescript((folder / ANEW).read_text(encoding="utf-8"))
    owed = tx.execute("SELECT stream, at FROM follow_next WHERE follower = 'appraisal' ORDER BY 1")
    assert owed.fetchall() == sorted((one, 0) for one in STREAMS[:4])
    tx.close()
