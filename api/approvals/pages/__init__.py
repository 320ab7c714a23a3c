"""What waits for a person's decision, as pages: a list, and one request with the program that reads and signs it.

The list comes from the register. On the page of one request the server says nothing about what is asked: the program
(``web/decide``) fetches its bytes, reads them, and signs with the person's own key.
"""

from api.approvals.pages.endpoints import router

__all__ = ["router"]
