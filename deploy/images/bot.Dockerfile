# The bot: Rasa with the actions. The model is mounted, or comes from an image of its own (model.Dockerfile), so
# that a new model needs no new bot image.
FROM python:3.11.14-slim-bookworm AS packages
WORKDIR /build
COPY requirements/ requirements/
COPY tools/rasa_without_tensorflow.py ./
# Some of Rasa's frozen dependencies exist as sources only; none needs a compiler.
RUN pip install --no-cache-dir --require-hashes -r requirements/uv.lock && uv venv /venv \
    && sync="uv pip sync --no-cache --compile-bytecode --python /venv/bin/python --require-hashes --no-build-isolation" \
    && $sync requirements/build.lock && $sync requirements/runtime.lock && /venv/bin/python rasa_without_tensorflow.py

FROM python:3.11.14-slim-bookworm
# Libraries that write to the home folder write to /tmp.
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp RASA_HOST=0.0.0.0 \
    RASA_TELEMETRY_ENABLED=false SQLALCHEMY_SILENCE_UBER_WARNING=1 PYTHONWARNINGS=ignore
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
