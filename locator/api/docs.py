"""The API's document: as OpenAPI, and as a page made on the server that sets no cookie and runs no script."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from rest_framework.request import Request

from locator.api.views import Catalogue


@cache
def document() -> dict[str, Any]:
    """Return the OpenAPI document; it is the same for everybody and until the program changes."""
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


RENDERERS = {renderer.media_type: renderer for renderer in (OpenApiYamlRenderer, OpenApiJsonRenderer)}


@cache
def written(media_type: str) -> bytes:
    found: bytes = RENDERERS[media_type]().render(document())
    return found


class Document(Catalogue):
    schema = None  # it does not describe itself
    renderer_classes = list(RENDERERS.values())

    def get(self, request: Request) -> HttpResponse:
        media_type: str = request.accepted_renderer.media_type
        return HttpResponse(written(media_type), content_type=media_type)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    operations = [
        {
            "path": path,
            "method": method.upper(),
            **operation,
            "parameters": [_parameter(parameter) for parameter in operation.get("parameters", [])],
            "examples": _examples(operation),
        }
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    ]
    schemas = document()["components"]["schemas"].items()
    return render(
        request, "web/api.html", {"operations": operations, "schemas": schemas, "about": document()["info"]}
    )


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    """Return a parameter with the values it takes; the ninety languages are named by /api/v1/terms/."""
    schema = parameter["schema"]
    values = schema.get("enum") or schema.get("items", {}).get("enum") or []
    return {**parameter, "values": values if len(values) < 40 else []}


def _examples(operation: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the request bodies that the document shows."""
    bodies = operation.get("requestBody", {}).get("content", {}).values()
    return [example for body in bodies for example in body.get("examples", {}).values()]
