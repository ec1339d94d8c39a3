"""Figures for Prometheus."""

from __future__ import annotations

from importlib.util import find_spec

from fastapi import APIRouter, HTTPException, Request, Response

from edgedet.web.access import viewer_of
from edgedet.web.desk import OnDesk

router = APIRouter(tags=["health"])


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def metrics(desk: OnDesk, request: Request) -> Response:
    """What the camera counts, in Prometheus' text format; for those with a token, or for all."""
    if request.app.state.config.metrics != "open":
        viewer_of(request)
    if find_spec("prometheus_client") is None:
        raise HTTPException(503, "metrics: prometheus-client isn't installed; install edgedet[metrics]")
    from edgedet.metrics.render import render

    body, content_type = render(desk.control, request.headers.get("accept", ""))
    return Response(body, headers={"Content-Type": content_type})
