"""The back room: staff look things up, in every table, and change nothing. Only `moderation` changes a listing.

It stands where ADMIN_PATH says, which is nowhere unless an operator says so (SAFETY R34), behind the portal's
sessions and second step.
"""

from typing import Any

from django.apps import apps
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect

SHOWN = 6  # columns of a list
LONGEST = 200  # letters that are searched for
UNLISTED = (models.JSONField, models.TextField)  # too long for a row of a list
WORDS = (models.CharField, models.TextField, models.UUIDField)


class Found(ChangeList):
    """A list whose links hold no word that somebody typed: it stays in the session."""

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        return super().get_query_string(new_params, [*(remove or []), SEARCH_VAR])


class ReadOnly(ModelAdmin):  # type: ignore[type-arg]  # it takes none when it runs
    """One table: lists, search and single rows; every act on them is refused."""

    actions = None
    list_per_page = 50
    show_full_result_count = False
    view_on_site = False

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return [column.name for column in self.opts.concrete_fields if not isinstance(column, UNLISTED)][:SHOWN]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        return [column.name for column in self.opts.concrete_fields if isinstance(column, WORDS)]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Found

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list; what is searched for is posted, because no typed word stands in an address."""
        kept = f"sought in {self.opts.label_lower}"
        if request.method == "POST":
            request.session[kept] = request.POST.get(SEARCH_VAR, "")[:LONGEST]
            return redirect(request.path)
        asked = request.GET.copy()
        asked.pop(SEARCH_VAR, None)
        if request.session.get(kept):
            asked[SEARCH_VAR] = request.session[kept]
        request.GET = asked  # type: ignore[assignment]  # a copy of what it was
        return super().changelist_view(request, extra_context)


class BackRoom(AdminSite):
    """Every table of ours; whoever is not staff learns nothing, not even that it is there."""

    site_header = site_title = index_title = "Back room"
    site_url = None
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_staff

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002  (Django calls it so)
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not self.has_permission(request):
                raise Http404
            if request.method not in {"GET", "HEAD", "POST"}:
                return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
            return inner(request, *args, **kwargs)

        return guarded

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect("account_login")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_change_password")


site = BackRoom(name="admin")
for table in apps.get_app_config("locator").get_models():
    site.register(table, ReadOnly)
