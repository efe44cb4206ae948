"""Errors of the registry.

RegistryError
└── BookUnreadable   a household book cannot be used at all
"""

from integrations.errors import IntegrationError


class RegistryError(IntegrationError):
    """The registry cannot do what was asked."""

    code = "registry"


class BookUnreadable(RegistryError):
    """A household book cannot be used at all; nothing of it was kept."""

    code = "registry.book"
