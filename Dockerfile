# One image for ingress, the projector and every command: docker run IMAGE projector show +12025550143
# See docs/deployment.md.
FROM python:3.13-slim-bookworm AS build
WORKDIR /build
RUN python -m venv /app
COPY requirements.txt ./
RUN /app/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY events events
COPY ingress ingress
COPY projector projector
RUN /app/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation . \
 && /app/bin/pip uninstall --yes --quiet hatchling \
 && /app/bin/python -m compileall -q /app/lib

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /data elaoms \
 && install --directory --owner=elaoms --group=elaoms --mode=0700 /data
COPY --from=build /app /app
ENV PATH=/app/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    PORT=8000 \
    PAYLOAD_STORAGE_PATH=/data/payloads \
    READ_MODEL_PATH=/data/readmodel \
    AUDIT_LOG_PATH=/data/audit.jsonl \
    OPENMEMORY_DB_PATH=/data/openmemory.db
USER elaoms
WORKDIR /data
VOLUME /data
EXPOSE 8000
# No shell and no curl: the interpreter is there. A 503 raises, and the exit code is 1.
HEALTHCHECK --interval=15s --timeout=8s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/health', timeout=6)"]
STOPSIGNAL SIGTERM
CMD ["ingress"]
