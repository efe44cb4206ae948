"""Who is on the line: the person, somebody who answers for them, a child.

What was told before is never read out to a new voice: values that wait for 对不对 are asked anew.
"""

import re
from collections.abc import Sequence

from dialogs import events as e
from dialogs import loop
from dialogs.acts import answers, endings, suspicion, unclear
from dialogs.phases import ADULT, SPEAKER
from dialogs.script import Script
from nlu.handing_over import says_who, told_before_handing_over
from nlu.own_questions import PARTY
from nlu.pinyin import syllables
from nlu.speakers import introduces_themselves, speaker_named, worth_a_note

# A no to 请问是王女士家吗 that means it; 不信 and 不认识你 do not.
NOT_THEM = re.compile("不是|不姓|不住|错|没[有得]?这|没[有得]?姓|冇得|搬")


def hand_phone_over(script: Script) -> None:
    """我让孙子接: greets whoever comes to the phone, and asks who it is."""
    if script.state.phase == "red_flag":
        loop.ask_pending(script)
        return
    if says_who(script.said) and (speaker := speaker_named(script.said)):
        _go_on_with(script, speaker)  # 把电话给我，我是她闺女
        return
    give_the_telephone(script)


def give_the_telephone(script: Script) -> None:
    """Whoever takes the telephone next is asked who they are."""
    _forget_read_back(script)
    if script.state.phase == "asking":
        _keep_what_was_told_before(script)
    script.note(e.SpeakerAsked(at=script.at, heard=script.heard))
    loop.ask_pending(script)


def _keep_what_was_told_before(script: Script) -> None:
    """吃了，稀饭。给我外孙接: what the person said before the telephone changed hands is their own answer."""
    end = told_before_handing_over(script.heard)
    for key, found in list(script.understood.found.items()):
        if found.span[1] > end or found.confidence < loop.SURE_ENOUGH:
            del script.understood.found[key]
    loop.capture_all(script)


def speaker_is_other(script: Script) -> None:
    """我是她闺女，问我吧: says again who is calling; what follows is told by a relative."""
    _go_on_with(script, speaker_named(script.said) or "relative")


def speaker_answered(script: Script) -> None:
    """The reply to 您是本人，还是家里人; whoever answers something else at once is not known."""
    found = script.understood.found.get(SPEAKER)
    _go_on_with(script, speaker_named(script.said) or (found.value if found else "unknown"))


def party_answered(script: Script) -> None:
    """The reply to 请问是王女士家吗, or to 您是哪一位 where several share the telephone."""
    found, party = script.understood.found.get(PARTY), script.state.party
    speaker = introduces_themselves(script.said)
    if speaker is not None:
        _go_on_with(script, speaker)
    elif found is None or party is None:
        unclear.not_understood(script)
    elif party.sharers:
        _go_on_with(script, _whose_name(str(found.value), party.sharers))
    elif found.value in ("yes", "sometimes"):
        script.note(e.PartyHeard(at=script.at, heard=script.heard))
        _say_about_whom(script)
        loop.capture_others(script)
        loop.go_on(script)
    elif NOT_THEM.search(script.said):
        endings.wrong_number(script)
    elif script.state.suspicions:
        suspicion.is_this_fraud(script)
    else:
        unclear.not_understood(script)


def _whose_name(name: str, sharers: Sequence[str]) -> e.Speaker:
    """Names that sound alike are the same: a recogniser writes them as it likes."""
    said = syllables(name)
    if said == syllables(sharers[0]):
        return "self"
    return "relative" if any(said == syllables(each) for each in sharers[1:]) else "other"


def child_speaks(script: Script) -> None:
    """A child is asked for an adult and nothing else; what it tells that matters goes to the grid worker."""
    if script.state.phase == "red_flag":
        loop.ask_pending(script)
        return
    if script.state.phase == "asking" and script.state.speaker == "relative":
        answers.answered(script)  # a grown grandchild, who said so: 奶奶没发烧
        return
    if script.state.phase == "with_child" and ADULT in script.understood.found:
        child_answered(script)
        return
    _forget_read_back(script)
    if worth_a_note(script.said):
        loop.escalate(script, "note", "normal", key="note:child")
    script.note(e.AdultAskedFor(at=script.at, heard=script.heard))
    loop.ask_pending(script)


def child_answered(script: Script) -> None:
    """The reply to 家里有大人吗: waits for the adult, or calls another time."""
    found = script.understood.found.get(ADULT)
    if found is not None and found.value in ("yes", "sometimes"):
        script.note(e.SpeakerAsked(at=script.at, heard=script.heard))
        script.say("waiting_for_adult")
        return
    script.note(e.WrongPartyReached(at=script.at, kind="not_at_home", heard=script.heard))
    loop.close(script, "not_at_home")
    script.say("no_adult")


def _go_on_with(script: Script, speaker: e.Speaker) -> None:
    before, waiting = script.state.phase, script.state.party is not None and not script.state.party_known
    if speaker != "self":
        _forget_read_back(script)
    script.note(e.SpeakerHeard(at=script.at, speaker=speaker, heard=script.heard))
    if before == "red_flag":
        loop.ask_pending(script)
        return
    if before not in ("identifying", "party"):
        script.say("new_voice")
    if before == "party":
        _say_about_whom(script)
    told = loop.capture_all(script)
    if script.state.phase == "opening" and not told and not (waiting and before == "party"):
        script.say("may_ask")
    else:
        loop.go_on(script)


def _say_about_whom(script: Script) -> None:
    """The family, called at their own number, hears first whom the questions are about."""
    party = script.state.party
    if party is not None and party.family and script.state.speaker != "self":
        script.say("about_them", surname=party.surname, title=party.title)


def _forget_read_back(script: Script) -> None:
    for key in script.state.reading_back:
        script.note(e.AnswerWithdrawn(at=script.at, question=key, heard=script.heard))
