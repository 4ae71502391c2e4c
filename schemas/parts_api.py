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
