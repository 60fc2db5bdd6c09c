"""The route that gives the file of a ticket: made now, noted before a byte leaves, kept nowhere."""

from __future__ import annotations

from hashlib import sha256
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from analytics.access.guard import DOWNLOADS
from analytics.access.roles import can, can_open
from analytics.access.visitors import Visitors
from analytics.domain.errors import explain

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
    "pdf": "application/pdf",
    "toml": "application/toml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


def file_headers(name: str) -> dict[str, str]:
    """The headers of an answer that is to be kept as the file ``name``."""
    return {
        "content-type": TYPES[name.rsplit(".", 1)[1]],
        "content-disposition": f"attachment; filename*=utf-8''{quote(name, safe='')}",
    }


def download_route(visitors: Visitors) -> Route:
    """Downloads by ticket, each for the account that asked for it and while its role is the same."""

    def give(request: Request) -> Response:
        token = request.cookies.get(visitors.cookie, "")
        account, file = visitors.account(token), visitors.tickets.take(request.path_params["ticket"], token)
        is_same = file is not None and account == file.account  # its role and school too
        try:
            if file is None or not (is_same and can_open(account, file.page) and can(account, file.act)):
                if account is not None:
                    visitors.note(account, "download", result="refused")
                return PlainTextResponse("Ce fichier n’est plus là. Revenez à la page, et touchez à nouveau.", 404)
            made = file.content()
            content = made.encode() if isinstance(made, str) else made
            what = {"page": file.page, "of": file.act, "digest": sha256(content).hexdigest()}
            visitors.note(account, "download", what)
        except Exception as error:  # its own message could hold a value
            return PlainTextResponse(explain(error), 500)
        return Response(content, headers=file_headers(file.name))

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(give, request)

    return Route(DOWNLOADS + "{ticket}", endpoint)
