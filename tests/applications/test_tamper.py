"""Every kind of tampering once, as the superuser with the triggers off: verify finds each."""

from __future__ import annotations

import pytest

from tests.proofs.service import own_database
from tests.proofs.tamper import TAMPERS, Tampering


@pytest.mark.slow
def test_each_kind_of_tampering_is_found() -> None:
    with own_database() as server:
        tampering = Tampering(server, 20_261_125)
        for number in range(len(TAMPERS)):
            tampering.round(number)
    assert tampering.missed == []
    assert sum(tampering.found.values()) == len(TAMPERS)
