"""People and machines that use the service: accounts, roles, tokens, and the rule that every endpoint must have.

* :mod:`roles`: who there is, and in which bureau.
* :mod:`rules`: which role may call an endpoint, in which bureau, with which scope.
* :mod:`people`: make, change and close accounts; give and take roles.
* :mod:`access`: passwords, tokens and Sign-In with Ethereum become a :class:`Principal`.
* :mod:`endpoints`: the same over HTTP.
"""

from api.accounts.principals import Principal
from api.accounts.roles import Role
from api.accounts.rules import Rule

__all__ = ["Principal", "Role", "Rule"]
