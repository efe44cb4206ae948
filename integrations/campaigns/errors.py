"""Errors of stored campaigns.

CampaignStoreError
├── CampaignNotFound       there is no such campaign
├── QuestionnaireUnknown   its questionnaire is not in the store
├── KeyTaken               another campaign has this short name
├── FieldUnknown           an audience asks for a field that the data dictionary does not know
├── RehearsalOutdated      its rehearsal does not belong to the rules it has now
├── TrialRefused           this number is not tried
└── SeriesNotFound         there is no such follow-up series
"""

from integrations.errors import IntegrationError


class CampaignStoreError(IntegrationError):
    """Something about a stored campaign that cannot be done."""

    code = "campaigns"


class CampaignNotFound(CampaignStoreError):
    """There is no such campaign."""

    code = "campaigns.not_found"


class QuestionnaireUnknown(CampaignStoreError):
    """The questionnaire of a new campaign is not in the store."""

    code = "campaigns.questionnaire"


class KeyTaken(CampaignStoreError):
    """Another campaign has this short name."""

    code = "campaigns.key_taken"


class FieldUnknown(CampaignStoreError):
    """An audience asks for a field that the data dictionary does not know."""

    code = "campaigns.field"


class RehearsalOutdated(CampaignStoreError):
    """The campaign was changed while it was rehearsed, or has no rehearsal for the rules it has now."""

    code = "campaigns.rehearsal"


class TrialRefused(CampaignStoreError):
    """This number is not tried: it is none, it is on the do-not-call list, or it was tried too often."""

    code = "campaigns.trial"


class SeriesNotFound(CampaignStoreError):
    """There is no such follow-up series."""

    code = "campaigns.series_not_found"
