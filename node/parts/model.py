"""What an uploaded file is, told by its bytes alone, and whether it is whole. Pure.

The sender's word for it is ignored, so a page cannot pass for a scan; a scan cut off on a bad line
is refused at the window, where the paper still lies, and not found out at the county.
"""

import zlib
from typing import Final

import msgspec

from node.errors import UnreadableFileError
from schemas.case_terms import Trust
from schemas.ids import StreamName

FIELD: Final = "file"
JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
PDF: Final = "application/pdf"
TEXT: Final = "text/plain"

_PNG_MAGIC: Final = b"\x89PNG\r\n\x1a\n"
_PDF_HEAD_BYTES: Final = 1024  # readers look for %PDF- there (ISO 32000-2, 7.5.2 and its practice)
_PDF_TAIL_BYTES: Final = 1024  # and for %%EOF there
_CHUNK_FRAME: Final = 12  # of a PNG chunk: length, type and CRC
_SEGMENT_HEAD: Final = 4  # of a JPEG segment: marker and length
_JPEG_SOS: Final = 0xDA  # start of scan: the picture itself
_TEXT_CONTROLS: Final = frozenset(range(32)) - frozenset(b"\t\n\r\f")


class SharedFrom(msgspec.Struct, frozen=True, kw_only=True):
    """共享: what an upload is that nobody scanned now: a paper verified in an earlier case."""

    case: StreamName
    """The earlier case."""
    applicant: bytes
    """Keyed hash of the ID number of whom it is about: it is used for nobody else."""
    item: str
    """Code of the item for which it was taken over."""
    code: str
    """Code of the material there."""
    trust: Trust


def media_of(content: bytes) -> str:
    """Tell the media type of a whole file. Raises `UnreadableFileError` with the field `file`."""
    if not content:
        raise UnreadableFileError({FIELD: "empty"})
    if content.startswith(b"\xff\xd8\xff"):
        return _whole(JPEG, is_whole=_is_whole_jpeg(content))
    if content.startswith(_PNG_MAGIC[:4]):
        return _whole(PNG, is_whole=_is_whole_png(content))
    if b"%PDF-" in content[:_PDF_HEAD_BYTES]:
        return _whole(PDF, is_whole=_is_whole_pdf(content))
    if _is_text(content):
        return TEXT
    raise UnreadableFileError({FIELD: "unknown_kind"})


def shown_as(media: str) -> tuple[str, dict[str, str]]:
    """Tell the media type and headers under which a part is given to a browser: it runs nothing.

    A part from another node says of itself what it likes: only what we would take is shown.
    """
    known = media in (JPEG, PNG, PDF, TEXT)
    headers = {
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Content-Disposition": "inline" if known else "attachment",
    }
    return media if known else "application/octet-stream", headers


def _whole(media: str, *, is_whole: bool) -> str:
    if not is_whole:
        raise UnreadableFileError({FIELD: "truncated"})
    return media


def _is_whole_jpeg(content: bytes) -> bool:
    """Walk the segments to the picture, then look for its end: a thumbnail's end does not count."""
    at = 2
    while at + _SEGMENT_HEAD <= len(content) and content[at] == 0xFF:  # noqa: PLR2004  # every marker's first byte
        if content[at + 1] == 0xFF:  # noqa: PLR2004  # padding before a marker
            at += 1
            continue
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        if content[at + 1] == _JPEG_SOS:
            return content.find(b"\xff\xd9", at + 2 + length) > 0
        at += 2 + length
    return False


def _is_whole_png(content: bytes) -> bool:
    """Walk the chunks to the last one, proving each by its CRC."""
    if not content.startswith(_PNG_MAGIC):
        return False
    at, view = len(_PNG_MAGIC), memoryview(content)
    while at + _CHUNK_FRAME <= len(content):
        end = at + 8 + int.from_bytes(view[at : at + 4], "big")
        if end + 4 > len(content) or zlib.crc32(view[at + 4 : end]) != int.from_bytes(
            view[end : end + 4], "big"
        ):
            return False
        if content[at + 4 : at + 8] == b"IEND":
            return True
        at = end + 4
    return False


def _is_whole_pdf(content: bytes) -> bool:
    tail = content[-_PDF_TAIL_BYTES:]
    return b"%%EOF" in tail and b"startxref" in tail


def _is_text(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return _TEXT_CONTROLS.isdisjoint(content)
