"""Where Woven keeps what it knows of a node, and the first original of every file that it replaced."""

STATE = "/var/local/woven"
ORIGINALS = "/var/local/woven-backup"
