"""What the payload models are made of.

Text is checked with `isinstance` only: pydantic's own `str` refuses lone surrogates, which come
when an agent cuts its text inside an emoji, and copies what may be megabytes of sound.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    InstanceOf,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema


class ElseNone:
    """Annotation: a value that does not fit is None."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Ask pydantic for the default instead of an error."""
        return core_schema.with_default_schema(handler(source), default=None, on_error="default")


class ElseOmitted:
    """Annotation: an element that does not fit is left out of its list."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Ask pydantic to leave it out instead of an error."""
        return core_schema.with_default_schema(handler(source), on_error="omit")


Str = InstanceOf[str]
Object = InstanceOf[dict[str, Any]]
MaybeStr = Annotated[InstanceOf[str] | None, ElseNone]
MaybeBool = Annotated[bool | None, ElseNone]
MaybeObject = Annotated[InstanceOf[dict[str, Any]] | None, ElseNone]
MaybeNumber = Annotated[float | None, Field(ge=0, allow_inf_nan=False), ElseNone]


class Payload(BaseModel):
    """What all payloads share: how they are read."""

    model_config = ConfigDict(frozen=True, strict=True, hide_input_in_errors=True)


class OneOf(Payload):
    """A payload of which no single field is always there, but one of several must be."""

    one_of: ClassVar[tuple[str, ...]]

    @model_validator(mode="after")
    def _has_one(self) -> OneOf:
        if all(getattr(self, name) is None for name in self.one_of):
            raise ValueError(f"has none of {', '.join(self.one_of)}")
        return self
