"""The addresses of the pages: neutral, and none holds a word that somebody typed."""

from django.urls import path

from locator.web import adding, carrying, embedding, lines, maps, pack, passing_on, views

urlpatterns = [
    path("", views.home, name="home"),
    path("find/", views.find, name="find"),
    # Where forms send to: Chromium asks its maker what fields are for, unless it is "…/search/".
    path("find/search/", views.find, name="search"),
    path("find/here/", views.here, name="here"),
    path("f/<str:sealed>/", views.results, name="results"),
    path("f/<str:sealed>/map/", maps.results_map, name="results_map"),
    path("in/<slug:area>/", views.area, name="area"),
    path("in/<slug:area>/map/", maps.area_map, name="area_map"),
    path("in/<slug:area>/notes.html", pack.as_page, name="pack"),
    path("in/<slug:area>/notes.txt", pack.as_text, name="pack_text"),
    path("now/", lines.countries, name="now"),
    path("now/<slug:country>/", lines.of_country, name="now_in"),
    path("now/<slug:country>/<slug:language>/", lines.of_country, name="now_in_language"),
    path("s/<slug:short_id>/", views.service, name="service"),
    path("s/<slug:short_id>/times.ics", views.calendar, name="calendar"),
    path("s/<slug:short_id>/map/", maps.service_map, name="service_map"),
    path("s/<slug:short_id>/wrong/", views.wrong, name="wrong"),
    path("s/<slug:short_id>/yours/", adding.yours, name="yours"),
    path("s/<slug:short_id>/wrong/sent/", views.wrong_sent, name="wrong_sent"),
    path("card/", carrying.card, name="card"),
    path("card/pdf/", carrying.pdf, name="card_pdf"),
    path("card/<str:sealed>/", carrying.carded, name="carded"),
    path("list/", passing_on.by_words, name="by_words"),
    path("list/search/", passing_on.by_words, name="by_words_form"),  # as above: nobody is asked what it is for
    path("list/words/", passing_on.give_words, name="give_words"),
    path("list/again/<slug:why>/", passing_on.words_again, name="words_again"),
    path("add/", adding.add, name="add"),
    path("add/search/", adding.add, name="add_form"),  # as above: nobody else shall ask what its fields are for
    path("add/again/<slug:missing>/", adding.add_again, name="add_again"),
    path("add/sent/", adding.add_sent, name="add_sent"),
    path("embed/<uuid:organization_id>/", embedding.embed, name="embed"),
    path("first-contact/", views.first_contact, name="first_contact"),
    path("safety/", views.safety, name="safety"),
    path("who-is-listed/", views.who_is_listed, name="who_is_listed"),
    path("about/", views.about, name="about"),
]
