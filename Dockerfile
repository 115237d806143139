# One image for every process of the product; docker-compose.yml says which runs where.

FROM python:3.12-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.txt /tmp/
RUN python -m venv /venv && /venv/bin/pip install --quiet --require-hashes -r /tmp/requirements.txt
WORKDIR /app
COPY . .
# Settings insist on these; nothing connects anywhere, and none of it is kept
RUN DJANGO_SECRET_KEY=for-the-build DATABASE_URL=postgresql://nobody@localhost/none REDIS_URL=redis://localhost \
    STATIC_ROOT=/app/static PROMETHEUS_MULTIPROC_DIR=/tmp/metrics \
    /venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && /venv/bin/python -m compileall -q /app

FROM python:3.12-slim
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends ca-certificates >/dev/null \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /tmp --shell /usr/sbin/nologin switchboard
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 STATIC_ROOT=/app/static MEDIA_ROOT=/tmp/media \
    PROMETHEUS_MULTIPROC_DIR=/tmp/metrics HEARTBEAT_FILE=/tmp/heartbeat \
    CELERY_BEAT_SCHEDULE_FILENAME=/tmp/celerybeat-schedule
USER 10001:10001
EXPOSE 8000
# Only /tmp is written to: the root file system may be read-only
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["python", "deploy/healthcheck.py", "http", "8000"]
CMD ["granian", "--interface", "wsgi", "config.wsgi:application", "--host", "0.0.0.0", "--port", "8000", "--no-ws", \
     "--http1-buffer-size", "32768", "--workers", "2", "--blocking-threads", "8", "--respawn-failed-workers", "--workers-kill-timeout", "25"]
