"""What a verifier demands beyond the rules that always hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chain.catalogue import SHIPPED, Catalogue
from chain.kernel.errors import InvalidInput

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Policy:
    """A verifier's own demands.

    Attributes:
        max_status_age: seconds between the final block at which the status head was read and the time of the
            check, beyond which the status counts as unchecked; a type's own, shorter limit goes before.
        type_max_age: the same for single certificate types, by type code; goes before both.
        clock_skew: seconds by which the device's clock may lag behind the chain's before it counts as wrong.
        past: the time asked about is a time in the past, not the device's present clock: the status then in
            force is read from the list's whole history.
        types: certificate types the verifier knows. One it doesn't know is judged by everything that holds for all.
    """

    max_status_age: int = 7 * DAY
    type_max_age: Mapping[str, int] = field(default_factory=dict)
    clock_skew: int = 300
    past: bool = False
    types: Catalogue = SHIPPED

    def __post_init__(self) -> None:
        for name, seconds in (("max_status_age", self.max_status_age), *self.type_max_age.items()):
            if seconds < 1:
                raise InvalidInput(
                    f"{name}: an age of {seconds} s would refuse everything", code="policy.age", field=name
                )
        if self.clock_skew < 0:
            raise InvalidInput("clock_skew: less than 0", code="policy.skew", field="clock_skew")

    def max_age(self, certificate_type: str) -> int:
        """Seconds allowed for certificates of that type code."""
        if certificate_type in self.type_max_age:
            return self.type_max_age[certificate_type]
        kind = self.types.known(certificate_type)
        return self.max_status_age if kind is None else min(self.max_status_age, kind.status_max_age)
