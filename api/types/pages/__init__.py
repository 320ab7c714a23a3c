"""Certificate types as pages of the console: what there is, proposals for more, the end of a version.

A proposal is made of a definition (docs/catalogue.md); the second person signs at ``/decisions``.
"""

from api.types.pages.endpoints import router

__all__ = ["router"]
