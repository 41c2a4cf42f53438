# syntax=docker/dockerfile:1
ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements/runtime.lock /tmp/runtime.lock
RUN python -m venv --without-pip /opt/duixian \
 && python -m pip --python /opt/duixian/bin/python install --require-hashes --no-compile -r /tmp/runtime.lock

FROM python:${PYTHON}-slim
RUN groupadd --system --gid 10001 duixian \
 && useradd --system --uid 10001 --gid duixian --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin duixian
COPY --from=build /opt/duixian /opt/duixian
WORKDIR /srv/duixian
COPY app app
COPY migrations migrations
ENV PATH=/opt/duixian/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DUIXIAN_HOST=0.0.0.0 \
    DUIXIAN_PORT=8000
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-m", "app.healthcheck"]
# DUIXIAN_DATABASE_URL must be set: the image holds no database server.
ENTRYPOINT ["python", "-m", "app.cli"]
CMD ["serve"]
