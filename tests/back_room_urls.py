"""The map of a site whose operator has said where the back room is."""

from django.urls import path

from config.urls import *  # noqa: F403
from config.urls import urlpatterns as public
from locator.admin import site

urlpatterns = [path("back/", site.urls), *public]
