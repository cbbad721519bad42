"""The addresses of the pages: neutral, and none holds a word that somebody typed."""

from django.urls import path

from locator.web import views

urlpatterns = [
    path("", views.home, name="home"),
    path("find/", views.find, name="find"),
    path("f/<str:sealed>/", views.results, name="results"),
    path("in/<slug:area>/", views.area, name="area"),
    path("s/<slug:short_id>/", views.service, name="service"),
    path("first-contact/", views.first_contact, name="first_contact"),
    path("safety/", views.safety, name="safety"),
    path("about/", views.about, name="about"),
    path("healthz", views.healthz, name="healthz"),
]
