"""Two bare views: one that answers, and one that does one INSERT and commits it."""

from django.db import connection
from django.http import JsonResponse
from django.urls import path

TABLE = "CREATE TABLE IF NOT EXISTS bench_floor (id bigserial PRIMARY KEY, text text NOT NULL)"


def answer(request):
    return _respond({"messages": [], "state": "bot", "operator": None, "queue_position": None})


def insert(request):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_floor (text) VALUES (%s)", [request.body.decode()])
    return _respond({}, status=201)


def _respond(data: dict, **options) -> JsonResponse:
    response = JsonResponse(data, **options)
    response["Content-Length"] = len(response.content)  # else it goes out in chunks, which costs more
    return response


urlpatterns = [path("bare", answer), path("insert", insert), path("healthz", answer)]
