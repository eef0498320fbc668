"""The folders for Woven's state on a node, and for the first original of every file that it replaced."""

STATE = "/var/local/woven"
ORIGINALS = "/var/local/woven-backup"
