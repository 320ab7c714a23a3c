"""Tenders over HTTP: what everybody may see, questions, and who has which part.

No endpoint signs, and none takes a key: acts are signed on people's own devices, with `yinxin tender`, `yinxin bid`,
`yinxin keyholder`.
"""

from api.tenders.endpoints import insight, opendata, people, public, questions, receipts, relays, sheets

routers = (
    public.router,
    questions.router,
    receipts.router,
    relays.router,
    sheets.router,
    people.router,
    insight.router,
    opendata.router,
)

__all__ = ["routers"]
