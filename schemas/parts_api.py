"""What people are told of an uploaded scan."""

import msgspec

from schemas.ids import PartDigest


class Uploaded(msgspec.Struct, frozen=True, kw_only=True):
    """A scan held for whoever uploaded it: name `digest` in a case's materials to use it."""

    digest: PartDigest
    media: str
    """What the bytes are, whatever the sender called them."""
    bytes: int
    expires_at: int
    """When it is given up if nothing has named it: milliseconds UTC."""


class BeginUpload(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file to be sent piece by piece, so that a line that breaks costs one piece."""

    key: str
    """Whatever the sender tells the file by: the same again goes on where the line broke."""
    bytes: int


class Arriving(msgspec.Struct, frozen=True, kw_only=True):
    """How far a file has come."""

    id: str
    bytes: int
    offset: int
    """How many bytes are here: the next piece begins there."""
    crc32: int
    """Of these bytes: the sender compares, and begins anew if he has another file."""
