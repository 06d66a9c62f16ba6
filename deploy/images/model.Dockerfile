# A trained model, with its hash beside it, as an image of its own, which is rolled out and back like any other
# (kubernetes/bot.yml).
FROM busybox:1.37.0
COPY models/ /models/
USER 10001:10001
