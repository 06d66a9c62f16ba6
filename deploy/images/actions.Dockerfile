# The action server: Rasa's SDK without Rasa, and the Django applications that web/settings.py names.
FROM python:3.10.19-slim-bookworm AS packages
COPY deploy/images/actions.lock ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --only-binary :all: --require-hashes -r actions.lock

FROM python:3.10.19-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore ACTIONS_HOST=0.0.0.0
WORKDIR /app
COPY --from=packages /venv /venv
COPY shop/ shop/
COPY chat/ chat/
COPY console/ console/
COPY demo/ demo/
COPY web/ web/
COPY actions/ actions/
COPY data/responses/ data/responses/
USER 10001:10001
EXPOSE 5055
CMD ["python", "-m", "actions"]
