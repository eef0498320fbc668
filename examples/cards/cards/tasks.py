import getpass
import socket
import time

from celery import shared_task

from cards import VERSION
from cards.models import Card


@shared_task
def write(pk):
    card = Card.objects.get(pk=pk)
    time.sleep(card.pages)
    card.written_by = f"{VERSION} {getpass.getuser()} {socket.gethostname()}"
    card.save()
