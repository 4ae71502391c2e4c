"""Reads staff files: the departments and accounts of a node as TOML."""

from pathlib import Path

import msgspec

from node.errors import BadInputError
from schemas.staff import StaffList


def load_staff_file(path: Path) -> StaffList:
    """Read a staff file. Raises `BadInputError` with a sentence under the field `file`."""
    try:
        return msgspec.toml.decode(path.read_bytes(), type=StaffList)
    except OSError as error:
        raise BadInputError({"file": f"{path} cannot be read: {error.strerror}"}) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInputError({"file": f"{path}: {error}"}) from error
