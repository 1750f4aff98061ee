"""What the API takes and says."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    """
    A body of the API, or a part of one; a row becomes one by `model_validate`.

    Plain pydantic: ninja's own `Schema` looks at every value of every row for managers and file fields, of which we hand
    over none, and that is half the time of a list.
    """

    model_config = ConfigDict(from_attributes=True)
