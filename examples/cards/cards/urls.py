from django.urls import path

from cards import views

urlpatterns = [path("", views.cards), path("cards.json", views.cards_json)]
