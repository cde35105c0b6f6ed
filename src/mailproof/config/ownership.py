"""Who owns a file, and whether anyone but the user or root could have written or replaced it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path


def foreign_writer(file: Path) -> str:
    """Who else could have created or changed ``file``, as a message; "" if only the user or root could.

    Checks the file, every folder up to /, and the same for a link's target. In a sticky folder (/tmp) anyone
    can create files, so none directly in it is trusted; a folder of the user's below it is, as others can
    neither rename nor replace it. Raises OSError if one of them cannot be examined.
    """
    if not hasattr(os, "geteuid"):
        return ""
    for path in dict.fromkeys((file.absolute(), Path(os.path.realpath(file)))):
        for number, place in enumerate((path, *path.parents)):
            if problem := _problem(place, holds_it=number == 1):
                return problem
    return ""


def _problem(place: Path, *, holds_it: bool) -> str:
    name = "the file" if place.is_file() else f"the folder {place}"
    for found in _stats(place):
        if found.st_uid not in (0, os.geteuid()):
            return f"{name} belongs to another user (uid {found.st_uid})"
        if stat.S_ISLNK(found.st_mode):
            continue  # a link has no mode of its own
        if stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_ISVTX and not holds_it:
            continue
        if found.st_mode & stat.S_IWOTH:
            return f"everyone can write to {name}"
        if found.st_mode & stat.S_IWGRP and not _is_own_group(found.st_gid):
            return f"the group {found.st_gid} can write to {name}"
    return ""


def _stats(place: Path) -> Iterator[os.stat_result]:
    found = place.lstat()
    yield found
    if stat.S_ISLNK(found.st_mode):
        yield place.stat()


def _is_own_group(gid: int) -> bool:
    """Whether the group is root's, or the user's private group (of which no one else is a member)."""
    import grp
    import pwd

    if gid == 0:
        return True
    try:
        user, group = pwd.getpwuid(os.geteuid()), grp.getgrgid(gid)
    except KeyError:
        return False
    return user.pw_gid == gid and group.gr_name == user.pw_name and set(group.gr_mem) <= {user.pw_name}
