"""Static files under names that carry their content, compressed once, so that browsers may keep them for a year."""

from __future__ import annotations

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped] # has no types


class StampedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # its base has no types
    """Hashed names; a name the build has not made stays as it is, so that a page never fails for want of an icon."""

    manifest_strict = False

    def __init__(self, *given: Any, **named: Any) -> None:
        """Read the manifest; what it says does not change while the process lives."""
        super().__init__(*given, **named)
        self._urls: dict[str, str] = {}

    def url(self, name: str, force: bool = False) -> str:
        """Return the address of a file; a page asks for that of the icons a hundred times."""
        if force or name not in self._urls:
            self._urls[name] = str(super().url(name, force))
        return self._urls[name]

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        """Return the hashed name, or the name itself when there is no such file."""
        try:
            return str(super().hashed_name(name, content, filename))
        except ValueError:
            return name
