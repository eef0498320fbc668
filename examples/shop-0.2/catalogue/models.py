from django.contrib.sites.managers import CurrentSiteManager
from django.contrib.sites.models import Site
from django.core.validators import FileExtensionValidator
from django.db import models

from catalogue.text import as_html


class Genus(models.Model):
    name = models.CharField(max_length=60, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "genera"

    def __str__(self):
        return self.name


class Plant(models.Model):
    name = models.CharField(max_length=80, unique=True)
    latin_name = models.CharField(max_length=120)
    # May be empty: version 0.1 goes on adding plants until it is switched off, and knows of no genus.
    genus = models.ForeignKey(Genus, models.SET_NULL, null=True, blank=True)
    description = models.TextField(help_text="Markdown.")
    price = models.DecimalField(max_digits=7, decimal_places=2)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name

    @property
    def description_html(self):
        return as_html(self.description)


class Photo(models.Model):
    """A customer's photo, shown on the site it was sent to."""

    site = models.ForeignKey(Site, models.CASCADE)
    title = models.CharField(max_length=80)
    # No SVG: anyone may upload, and an SVG can carry a script.
    file = models.FileField(
        upload_to="photos/%Y",
        validators=[FileExtensionValidator(["gif", "jpeg", "jpg", "png", "webp"])],
    )
    sent = models.DateTimeField(auto_now_add=True)

    objects = models.Manager()
    on_site = CurrentSiteManager()

    class Meta:
        ordering = ["-sent"]

    def __str__(self):
        return self.title
