"""Errors as the client receives them: {"error": code, "message": French sentence}."""

from dataclasses import dataclass

from django.http import JsonResponse

from chat.system_messages import TOO_MANY, UNAVAILABLE
from shop.unicode import NO_BREAK


@dataclass
class ApiError(Exception):
    status: int
    code: str
    message: str
    retry_after: int | None = None

    def response(self) -> JsonResponse:
        headers = {"Retry-After": str(self.retry_after)} if self.retry_after else {}
        return JsonResponse({"error": self.code, "message": self.message}, status=self.status, headers=headers)


def malformed(what: str) -> ApiError:
    return ApiError(400, "malformed", f"Cette demande n’est pas valable{NO_BREAK}: {what}.")


def expired() -> ApiError:
    return ApiError(401, "ended", "Cette conversation est terminée. Vous pouvez en commencer une autre.")


def forbidden_origin() -> ApiError:
    return ApiError(403, "origin", "La messagerie ne peut pas être utilisée depuis ce site.")


def unknown(what: str) -> ApiError:
    return ApiError(404, "unknown", what)


def wrong_method() -> ApiError:
    return ApiError(405, "method", "Cette adresse ne répond pas à cette méthode.")


def too_slow() -> ApiError:
    return ApiError(408, "too_slow", "Cette demande met trop de temps à arriver.")


def too_big(most: str) -> ApiError:
    return ApiError(413, "too_big", f"C’est trop volumineux{NO_BREAK}: {most} au plus.")


def too_many(seconds: int) -> ApiError:
    return ApiError(429, "too_many", TOO_MANY.format(seconds=seconds), retry_after=seconds)


def unavailable() -> ApiError:
    return ApiError(503, "unavailable", UNAVAILABLE, retry_after=5)
