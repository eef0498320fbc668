"""Gives root what a user leaves behind. Otherwise the next user of this node may get the same number, and with it the files."""

import os
import pwd
import stat


def disown(user, *folders):
    """USER FOLDER…: the user's files and group, in these folders and on their disks. Others may still be writing there."""
    account = pwd.getpwnam(user)
    for folder in folders:
        try:
            handle = os.open(folder, os.O_PATH | os.O_NOFOLLOW)
        except FileNotFoundError:
            continue
        try:
            device = os.fstat(handle).st_dev
            below(handle, account, device)
        finally:
            os.close(handle)


def below(handle, account, device):
    """Works on what was opened, not on names: a name may lead elsewhere a moment later."""
    path, state = f"/proc/self/fd/{handle}", os.fstat(handle)
    if state.st_dev != device:
        return
    owner = 0 if state.st_uid == account.pw_uid else -1
    group = 0 if state.st_gid == account.pw_gid else -1
    if (owner, group) != (-1, -1):
        # This also clears the setuid bit (chown(2)).
        os.chown(path, owner, group)
    if not stat.S_ISDIR(state.st_mode):
        return
    for name in os.listdir(path):
        try:
            inner = os.open(name, os.O_PATH | os.O_NOFOLLOW, dir_fd=handle)
        except FileNotFoundError:
            continue
        try:
            below(inner, account, device)
        finally:
            os.close(inner)
