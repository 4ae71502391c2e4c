"""How much one request may bring."""

from typing import Final

MAX_BODY_BYTES: Final = 1 << 20  # a form or a JSON document; text is never longer
MAX_PART_BYTES: Final = 20 << 20  # a scanned booklet at 300 dpi; a phone's photo is a quarter
MAX_UPLOAD_BYTES: Final = MAX_PART_BYTES + (64 << 10)  # one part and what multipart puts around it
