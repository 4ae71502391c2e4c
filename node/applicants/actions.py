"""Seal, keep, show and find applicants.

A `Register` holds this node's keys for it and is made once. Hashes are HMAC-SHA-256 under a secret
that lies wrapped in the store: from the store alone nobody can test a name or a number.
"""

import hashlib
import hmac
import os
from typing import Final

import msgspec

from federation.errors import DamagedStoreError
from federation.identity import Identity
from node.applicants import model, store
from node.applicants.model import SealedApplicant
from node.applicants.store import Tx
from schemas.ids import PartDigest, StreamName
from schemas.parts import Person

SECRET_BYTES: Final = 32
MEDIA: Final = "application/vnd.zhengwu.applicant+json"
"""Media type of the part that holds a `Person` as JSON."""
_SECRET_FOR: Final = b"applicants secret"


class Register:
    """This node's keys to its applicants. Made by `open_register`."""

    def __init__(self, identity: Identity, secret: bytes) -> None:
        self._identity = identity
        self._secret = secret

    def seal(self, part: PartDigest, person: Person) -> SealedApplicant:
        """Make `person`, read from `part`, ready to be stored."""
        return SealedApplicant(
            part=part,
            sealed=self._identity.wrap(msgspec.msgpack.encode(person), _belongs_to(part)),
            name=self._hash("name", person.name),
            id_number=self._hash("id_number", person.id_number),
            phone=self._hash("phone", person.phone),
            agent=self._hash("agent", person.agent_id) if person.agent_id else None,
        )

    def read(self, tx: Tx, stream: StreamName) -> Person | None:
        """Who applies in `stream`; `None` if that is not here. Raises `DamagedStoreError`."""
        found = store.sealed_of(tx, stream)
        if found is None:
            return None
        part, sealed = found
        try:
            return msgspec.msgpack.decode(
                self._identity.unwrap(sealed, _belongs_to(part)), type=Person
            )
        except msgspec.DecodeError as error:
            raise DamagedStoreError(f"the applicant of {stream}") from error

    def masked_name(self, tx: Tx, stream: StreamName) -> str:
        """The applicant's name as lists show it; empty if this node does not have it."""
        person = self.read(tx, stream)
        return "" if person is None else model.masked_name(person.name)

    def find(self, tx: Tx, text: str) -> tuple[StreamName, ...]:
        """Name the cases whose applicant has exactly this name, ID number or phone."""
        name, number = " ".join(text.split()), text.replace(" ", "")
        return store.find(
            tx,
            (
                self._hash("name", name),
                self._hash("id_number", number.upper()),
                self._hash("phone", number),
            ),
        )

    def id_hash(self, id_number: str) -> bytes:
        """Give the keyed hash of a normal ID number: tells whether two are the same, no more."""
        return self._hash("id_number", id_number)

    def _hash(self, what: str, value: str) -> bytes:
        return hmac.digest(self._secret, f"{what}\n{value}".encode(), hashlib.sha256)


def open_register(tx: Tx, identity: Identity) -> Register:
    """Open the register, drawing its secret the first time: run it on the writer."""
    wrapped = store.wrapped_secret(tx)
    if wrapped is not None:
        return Register(identity, identity.unwrap(wrapped, _SECRET_FOR))
    secret = os.urandom(SECRET_BYTES)
    store.keep_secret(tx, identity.wrap(secret, _SECRET_FOR))
    return Register(identity, secret)


def id_hash_of(tx: Tx, stream: StreamName) -> bytes | None:
    """Give the keyed hash of the ID number of who applies in `stream`; `None` if not known here."""
    return store.id_hash_of(tx, stream)


def agent_hash_of(tx: Tx, stream: StreamName) -> bytes | None:
    """Give a keyed hash of the ID number of who acts for the applicant of `stream`.

    `None` if nobody does, or it is not known here. It tells whether two are the same, no more.
    """
    return store.agent_hash_of(tx, stream)


def cases_of(tx: Tx, id_hash: bytes) -> tuple[StreamName, ...]:
    """Name the cases in which the holder of an ID number applies, as far as this node handles them.

    At most 500.
    """
    return store.cases_of(tx, id_hash)


def keep(tx: Tx, stream: StreamName, applicant: SealedApplicant) -> None:
    """Remember who applies in `stream`."""
    store.put(tx, stream, applicant)


def forget(tx: Tx, stream: StreamName, part: PartDigest) -> None:
    """Drop what was read from an erased part of `stream`."""
    store.forget(tx, stream, part)


def encode_person(person: Person) -> bytes:
    """Write the applicant as the content of his part."""
    return msgspec.json.encode(person)


def decode_person(content: bytes) -> Person | None:
    """Read what `encode_person` wrote; `None` if it is nothing of the kind."""
    try:
        return msgspec.json.decode(content, type=Person)
    except msgspec.DecodeError:
        return None


def _belongs_to(part: PartDigest) -> bytes:
    return b"applicant " + part.encode()
