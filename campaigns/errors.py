"""What can go wrong with a campaign.

CampaignError
├── WrongStatus      the campaign's life does not allow this step now
├── NotPermitted     this role may not take this step
├── EmptyAudience    the audience query reaches nobody
└── PolicyInvalid    a window, cap or pace that cannot be kept
"""

from typing import ClassVar


class CampaignError(Exception):
    """A step of a campaign that cannot be taken; `message` is Chinese and says what to do next."""

    code: ClassVar[str] = "campaign"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class WrongStatus(CampaignError):
    """The campaign's life does not allow this step now."""

    code = "campaign.wrong_status"


class NotPermitted(CampaignError):
    """This role may not take this step."""

    code = "campaign.not_permitted"


class EmptyAudience(CampaignError):
    """The audience query reaches nobody."""

    code = "campaign.empty_audience"


class PolicyInvalid(CampaignError):
    """A window, cap or pace that cannot be kept."""

    code = "campaign.policy_invalid"
