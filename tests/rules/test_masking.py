"""Masks show enough to recognise, and too little to copy."""

from __future__ import annotations

import pytest

from app.rules.procedure.masking import mask_account, mask_id, mask_name, mask_phone, mask_uscc


@pytest.mark.parametrize(
    ("mask", "plain", "masked"),
    [
        (mask_uscc, "91140802MA0GT0018G", "911408********018G"),
        (mask_id, "140802199001010017", "140802********0017"),
        (mask_phone, "13812341234", "138****1234"),
        (mask_account, "6222020200012345678", "***************5678"),
        (mask_name, "张三丰", "张**"),
        (mask_name, "张三", "张**"),
        (mask_name, " 李四餐馆", "李**"),
        (mask_uscc, "9114", "****"),
        (mask_phone, "1234567", "*******"),
        (mask_account, "1234567", "*******"),
        (mask_name, "", "**"),
    ],
)
def test_masks(mask: object, plain: str, masked: str) -> None:
    assert callable(mask)
    assert mask(plain) == masked
