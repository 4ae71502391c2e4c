"""The table of phrases (常用语). Remembers and finds; decides nothing."""

import sqlite3

from schemas.phrases import Phrase, PhraseOwner

Tx = sqlite3.Connection


def listing(tx: Tx, owners: dict[str, PhraseOwner]) -> tuple[Phrase, ...]:
    """List the phrases of these owners, in the order of `owners`, the oldest of each first."""
    found: list[Phrase] = []
    for owner, kind in owners.items():
        rows = tx.execute(
            "SELECT id, action, text FROM phrases WHERE owner = ? ORDER BY id", (owner,)
        )
        found += (Phrase(id=one, use=use, text=text, owner=kind) for one, use, text in rows)
    return tuple(found)


def add(tx: Tx, owner: str, use: str, text: str, at: int) -> None:
    """Keep a phrase; the same one again changes nothing."""
    tx.execute(
        "INSERT INTO phrases (owner, action, text, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (owner, use, text, at),
    )


def drop(tx: Tx, phrase: int, owners: tuple[str, ...]) -> bool:
    """Forget a phrase if it is one of theirs; says whether it was."""
    marks = ", ".join("?" * len(owners))
    done = tx.execute(
        f"DELETE FROM phrases WHERE id = ? AND owner IN ({marks})",  # noqa: S608
        (phrase, *owners),
    )
    return done.rowcount > 0


def count(tx: Tx, owner: str) -> int:
    """Count the phrases of an owner."""
    row = tx.execute("SELECT count(*) FROM phrases WHERE owner = ?", (owner,)).fetchone()
    return int(row[0])
