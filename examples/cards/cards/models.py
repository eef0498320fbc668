from django.db import models


class Card(models.Model):
    text = models.CharField(max_length=200)
    # The worker needs a second for each.
    pages = models.PositiveSmallIntegerField(default=0)
    # Who wrote it: the version, the account and the server of the worker. Empty until it is written.
    written_by = models.CharField(max_length=200, blank=True)
