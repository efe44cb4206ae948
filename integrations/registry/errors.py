"""Errors of the registry.

RegistryError
├── BookUnreadable        a household book cannot be used at all
├── ImportNotFound        there is no such import
├── ImportNotUndoable     something newer rests on what an import brought in
└── WatchwordUnusable     a watchword that cannot be said or remembered
"""

from integrations.errors import IntegrationError


class RegistryError(IntegrationError):
    """The registry cannot do what was asked."""

    code = "registry"


class BookUnreadable(RegistryError):
    """A household book cannot be used at all; nothing of it was kept."""

    code = "registry.book"


class ImportNotFound(RegistryError):
    """There is no such import."""

    code = "registry.import_not_found"


class ImportNotUndoable(RegistryError):
    """Something newer rests on what an import brought in."""

    code = "registry.import_not_undoable"


class WatchwordUnusable(RegistryError):
    """A watchword that cannot be said or remembered."""

    code = "registry.watchword"
