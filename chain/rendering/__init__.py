"""Certificates on paper and screen: the stamp's QR code.

>>> code = make_code("https://host.example/v#", stamp)  # doctest: +SKIP
>>> open("stamp.png", "wb").write(render_png(code))  # 30 mm at 300 dpi  # doctest: +SKIP
>>> read_stamps("stamp.png")  # doctest: +SKIP
"""

from chain.rendering.qr import (
    StampCode,
    make_code,
    qr_url,
    read_qr,
    read_stamps,
    render_png,
    render_svg,
    stamp_of_text,
)

__all__ = [
    "StampCode",
    "make_code",
    "qr_url",
    "read_qr",
    "read_stamps",
    "render_png",
    "render_svg",
    "stamp_of_text",
]
