"""What a table of the settings file is made of."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Fraction = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(gt=0, le=86400)]


def key(default: Any, text: str, flag: str = "", **limits: Any) -> Any:
    """A setting: its default, its one-line meaning and the flag that sets it, if one does."""
    return Field(default, description=text, json_schema_extra={"flag": flag}, validate_default=True, **limits)


class Section(BaseModel):
    """A table of the file. Unknown keys are refused, and so are values of another type: "0.5" is no number."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
