"""What a process serves at this moment: one reference, replaced whole.

Whoever answers a request reads `now` once and keeps it to the end, so that an answer is of one moment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.services.published_policies import PublishedPolicies


class ServedPolicies:
    """The packs of the image to begin with; then what was published beside them."""

    def __init__(self, image: PublishedPolicies) -> None:
        self.image = image
        self.now = image
        self.current = False
        """Whether what was published is known: until then the service is not ready, and no worker begins."""

    def switch(self, policies: PublishedPolicies) -> None:
        """From the next request on."""
        self.now = policies
        self.current = True

    def held(self) -> ServedPolicies:
        """What is served at this moment, whatever is served later."""
        found = ServedPolicies(self.image)
        found.now = self.now
        found.current = self.current
        return found
