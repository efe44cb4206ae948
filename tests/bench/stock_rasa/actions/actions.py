"""The validating action that Rasa's documentation shows for forms."""

from typing import Any

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

NO = ("没", "不", "无")


class ValidateHealthForm(FormValidationAction):
    """Turns the words of a reply into yes or no by a naive rule."""

    def name(self) -> str:
        return "validate_health_form"

    def validate_fever(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        return {"fever": "no" if any(word in str(value) for word in NO) else "yes"}

    def validate_cough(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        return {"cough": "no" if any(word in str(value) for word in NO) else "yes"}
