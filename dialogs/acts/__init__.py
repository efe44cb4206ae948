"""Everything the assistant can do in a turn, by the name under which Rasa's domain knows it."""

from collections.abc import Callable, Mapping

from dialogs.acts import answers, asides, desk, detours, endings, speakers, suspicion, unclear, watchword
from dialogs.script import Script

Act = Callable[[Script], None]

ACTS: Mapping[str, Act] = {
    "act_opening_answered": answers.opening_answered,
    "act_answered": answers.answered,
    "act_read_back_answered": answers.read_back_answered,
    "act_red_flag_answered": answers.red_flag_answered,
    "act_callback_answered": answers.callback_answered,
    "act_correction_answered": detours.correction_answered,
    "act_fallback": unclear.without_rule,
    "act_not_understood": unclear.not_understood,
    "act_silent": unclear.silent,
    "act_red_flag": detours.red_flag,
    "act_correct_that": detours.correct_that,
    "act_repeat": asides.repeat,
    "act_slower": asides.slower,
    "act_louder": asides.louder,
    "act_who_is_this": asides.who_is_this,
    "act_how_got_number": asides.how_got_number,
    "act_is_this_fraud": suspicion.is_this_fraud,
    "act_ask_watchword": watchword.ask_watchword,
    "act_speaker_is_other": speakers.speaker_is_other,
    "act_speaker_answered": speakers.speaker_answered,
    "act_party_answered": speakers.party_answered,
    "act_child_speaks": speakers.child_speaks,
    "act_child_answered": speakers.child_answered,
    "act_recorded_or_robot": asides.recorded_or_robot,
    "act_ask_back": asides.ask_back,
    "act_smalltalk": asides.smalltalk,
    "act_thanks": asides.thanks,
    "act_wait_please": asides.wait_please,
    "act_hand_phone_over": speakers.hand_phone_over,
    "act_crying": asides.crying,
    "act_stop_recording": asides.stop_recording,
    "act_policy_question": asides.policy_question,
    "act_wish": asides.wish,
    "act_out_of_scope": asides.out_of_scope,
    "act_want": desk.want,
    "act_job_begun": desk.job_begun,
    "act_proof_given": desk.proof_given,
    "act_busy_later": endings.busy_later,
    "act_not_at_home": endings.not_at_home,
    "act_wrong_number": endings.wrong_number,
    "act_refuse_question": endings.refuse_question,
    "act_refuse_call": endings.refuse_call,
    "act_stop_calling": endings.stop_calling,
    "act_person_please": endings.person_please,
    "act_goodbye": endings.goodbye,
}
