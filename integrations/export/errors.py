"""Errors of exports.

ExportError
├── CampaignUnknown    there is no such campaign
├── LayoutInvalid      a department's layout cannot be read
└── ExportUnwritable   the file cannot be written
"""

from integrations.errors import IntegrationError


class ExportError(IntegrationError):
    """Something cannot be exported."""

    code = "export"


class CampaignUnknown(ExportError):
    """There is no such campaign."""

    code = "export.campaign"


class LayoutInvalid(ExportError):
    """A department's layout cannot be read."""

    code = "export.layout"


class ExportUnwritable(ExportError):
    """The file cannot be written."""

    code = "export.unwritable"
