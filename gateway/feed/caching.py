"""Answers that anyone may keep: for good, for a while, or until they have changed."""

import hashlib

from fastapi import Request, Response

FOR_GOOD = "public, max-age=31536000, immutable"
FOR_AN_HOUR = "public, max-age=3600, must-revalidate"
"""For what only a redaction changes: an hour after it nobody may show the old answer (decision 0023)."""
ASK_AGAIN = "public, no-cache"


def kept(
    request: Request, content: str | bytes, media_type: str, *, for_good: bool = False, how_long: str = ASK_AGAIN
) -> Response:
    """Return `content` under its strong ETag, or 304 without content when the caller has it already.

    Pages of any origin may read it: it is public, and no token is looked at.
    """
    body = content if isinstance(content, bytes) else content.encode()
    headers = {
        "ETag": f'"{hashlib.sha256(body).hexdigest()}"',
        "Cache-Control": FOR_GOOD if for_good else how_long,
        "Access-Control-Allow-Origin": "*",
    }
    if has(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)


def has(if_none_match: str, etag: str) -> bool:
    """Whether the caller has what `etag` names; compared weakly (RFC 9110 section 13.1.2), since caches weaken tags."""
    known = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag in known or known == ["*"]
