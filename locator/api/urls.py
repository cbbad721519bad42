"""The addresses of the API."""

from django.urls import path

from locator.api import docs, downloads, proposing, views

urlpatterns = [
    path("v1/services/", views.Services.as_view(), name="api_services"),
    path("v1/services/search/", views.ServicesSearch.as_view(), name="api_services_search"),
    path("v1/services/<str:key>/", views.ServiceDetail.as_view(), name="api_service"),
    path("v1/organizations/", views.Organizations.as_view(), name="api_organizations"),
    path("v1/organizations/<str:key>/", views.OrganizationDetail.as_view(), name="api_organization"),
    path("v1/changes/", views.Changes.as_view(), name="api_changes"),
    path("v1/terms/", views.Terms.as_view(), name="api_terms"),
    path("v1/places/", views.Places.as_view(), name="api_places"),
    path("v1/export/<str:name>", downloads.Download.as_view(), name="api_export"),
    path("v1/own/services/", proposing.OwnServices.as_view(), name="api_own_services"),
    path("v1/own/services/<str:key>/", proposing.OwnService.as_view(), name="api_own_service"),
    path("v1/changes/proposed/", proposing.Proposals.as_view(), name="api_proposals"),
    path("v1/changes/proposed/<uuid:change_id>/", proposing.Proposal.as_view(), name="api_proposal"),
    path("schema/", docs.Document.as_view(), name="api_schema"),
    path("docs/", docs.page, name="api_docs"),
    path("<path:rest>", views.Nowhere.as_view(), name="api_nowhere"),
]
