"""What every request passes through."""

from chats.log_context import bound, request_id_from


class RequestIdMiddleware:
    """Gives each request an id that its log lines, its tasks and its answer carry."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request_id = request_id_from(request.headers.get("X-Request-Id"))
        with bound(request_id=request_id):
            response = self.get_response(request)
        response["X-Request-Id"] = request_id
        return response
