"""What is told of one member of the household while another is asked about."""

from dialogs import events as e
from dialogs import members
from dialogs.questionnaire import OF_MEMBER, Question
from dialogs.script import Script


def give_to_whom_it_is_about(script: Script) -> None:
    """小宝在上学, said where 李秀英 was asked about, is an answer about 小宝: the first one, or a better one."""
    asked = script.state.pending
    found = script.understood.found.get(asked)
    if found is None or not members.about(asked):
        return
    named = members.named_besides(script.said, script.state)
    if named is None:
        return
    del script.understood.found[asked]
    script.understood.found[asked.replace(members.about(asked), named.id)] = found


def told_of_by_name(script: Script) -> tuple[str, ...]:
    """The answers about the one member whom the words name, of whom something was told before."""
    named = members.named_besides(script.said, script.state)
    if named is None:
        return ()
    return tuple(key for key in script.state.answers if members.about(key) == named.id)


def note_exceptions(script: Script, question: Question, value: object, *, confidence: float) -> None:
    """三口，孙子不常在: the exception in a head count is the grandson's, who is not asked about any more."""
    if question.kind != "head_count" or not isinstance(value, dict):
        return
    lives = next((each for each in script.questionnaire.questions if each.field == members.LIVES_HERE), None)
    if lives is None:
        return
    label = next((each.label for each in lives.choices if each.key == members.SOMETIMES), "")
    for member in script.state.members[1:]:
        key = f"{lives.key}{OF_MEMBER}{member.id}"
        if not label or key in script.state.answers or members.only(member, script.state) not in value["away"]:
            continue
        script.note(
            e.AnswerCaptured(
                at=script.at,
                question=key,
                field=lives.field,
                kind=lives.kind,
                value=members.SOMETIMES,
                shown=label,
                heard=script.heard,
                confidence=confidence,
                speaker="relative" if script.state.speaker == "self" else script.state.speaker,
                member=member.id,
            )
        )
