# The worker of versions: trains them, tests them with conversations, replays stored conversations, rolls them out. It has
# the bot's packages and the console's code; the installed model is mounted, as for the bot.
FROM python:3.11.14-slim-bookworm AS packages
WORKDIR /build
COPY requirements/ requirements/
COPY tools/rasa_without_tensorflow.py ./
# Some of Rasa's frozen dependencies exist as sources only; none needs a compiler.
RUN pip install --no-cache-dir --require-hashes -r requirements/uv.lock && uv venv /venv \
    && sync="uv pip sync --no-cache --compile-bytecode --python /venv/bin/python --require-hashes --no-build-isolation" \
    && $sync requirements/build.lock && $sync requirements/runtime.lock && /venv/bin/python rasa_without_tensorflow.py

FROM python:3.11.14-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp RASA_TELEMETRY_ENABLED=false \
    SQLALCHEMY_SILENCE_UBER_WARNING=1 PYTHONWARNINGS=ignore
WORKDIR /app
# A volume that is mounted here belongs to the same user.
RUN mkdir /versions && chown 10001:10001 /versions
COPY --from=packages /venv /venv
COPY config.yml domain.yml endpoints.yml manage.py ./
COPY deploy/credentials.yml ./
COPY bot/ bot/
COPY actions/ actions/
COPY shop/ shop/
COPY chat/ chat/
COPY console/ console/
COPY replay/ replay/
COPY demo/ demo/
COPY web/ web/
# What a version is trained on, and what it is tested with, on which it is never trained.
COPY data/ data/
COPY tests/nlu/ tests/nlu/
COPY tests/dialogues/ tests/dialogues/
COPY tests/e2e/conversations/ tests/e2e/conversations/
USER 10001:10001
CMD ["python", "manage.py", "version_worker"]
