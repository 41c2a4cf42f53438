"""PostgreSQL's 64-bit transaction ids, which never wrap: the order of the change feed."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.types import UserDefinedType


class Xid8(UserDefinedType[int]):
    """The type `xid8`; read and written as text by the driver."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


ischema_names.setdefault("xid8", Xid8)  # so that a look at the database knows the column
