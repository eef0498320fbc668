"""Runs a command in a terminal of its own, as a person has one: terminal.py COLUMNSxROWS PROGRAM [ARGUMENT …]

Standard input is what is typed, standard output what is drawn. SIGUSR1 makes the window ten columns wider. Ends as the command does.
"""
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios

columns, rows = (int(part) for part in sys.argv[1].split("x"))
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])


def resize(*_):
    global columns
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    columns += 10


resize()
signal.signal(signal.SIGUSR1, resize)
typed = [0]
while True:
    ready, _, _ = select.select([terminal, *typed], [], [])
    if 0 in ready:
        text = os.read(0, 4096)
        if text:
            os.write(terminal, text)
        else:
            typed = []
    if terminal in ready:
        try:
            drawn = os.read(terminal, 4096)
        except OSError:
            break
        if not drawn:
            break
        os.write(1, drawn)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
