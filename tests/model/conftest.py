"""One order, alive and cancellable, to be changed where a test needs it otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import settings

from numdeck.model.order import Order, Status

settings.register_profile("numdeck", deadline=None)  # a busy machine is no bug
settings.load_profile("numdeck")

MakeOrder = Callable[..., Order]


@pytest.fixture
def make_order() -> MakeOrder:
    plain = Order(id="1" * 32, status=Status.WAITING, provider="virtual", phone_number="+15550000001", can_cancel=True)

    def make(**changes: object) -> Order:
        return replace(plain, **changes)  # type: ignore[arg-type]

    return make
