"""What ails somebody and what does not: 咳了两天，不发烧; 老毛病了, 这两天才有, 好了."""

import re
from datetime import datetime
from typing import Any, Literal

from nlu.clauses import clauses
from nlu.dialect import standard
from nlu.durations import find_duration
from nlu.readers.yes_no import read_yes_no
from nlu.reading import Expectation, NotRead, Reading
from nlu.symptoms import SymptomMention, find_symptoms, well

NAMED = 0.95
ALL_WELL = 0.9
SOMETHING = re.compile(r"有(?!空)")  # 有 to an open question says that something is wrong, 嗯 and 好 say nothing

Course = Literal["new", "old", "over"]
OVER = re.compile(
    r"好了(?!多|些|点|一|很)|退了|[才刚]退|退烧|没了|不(?:[\u4e00-\u9fff]{1,3})了$|过去了|治好|痊愈|消了|止住了|已经好|都好|缓过来|现在(?:不|没)|这会儿?(?:不|没)|今天(?:不|没)|不再|早好了|没再"
)
OLD = re.compile(
    r"老毛病|多年|好几年|几十年|[一二三四五六七八九十几0-9]+年|常年|老早|慢性|从小|年轻时|长期|向来|老病|好些年|一贯|这些年|老病根|病根"
)
# Often says old, but not beside a word that says since when: 这几天老咳嗽.
OFTEN = re.compile(r"老(?=起|犯|疼|咳|头晕|睡|拉|不)|老是|一直|经常")
NEW = re.compile(
    r"这两天|这几天|才有|刚有|刚开始|今天|昨天|昨晚|昨夜|前天|今早|早上起来|新添|新得|突然|忽然|最近|刚刚|才开始|头一回|前两天|这一两天|昨儿|今儿|刚才|两三天|[一二两三四五0-9]天"
)
MILD = re.compile(
    r"有点|有些|一点|轻微|稍微|稍稍|略微|不太|不怎么|不厉害|不严重|不重|没事$|不碍事|不打紧|不要紧|没大碍|好多了|轻多了|轻了|偶尔|还好|微微|好些|好点|有那么点|一丁点|一丢丢"
)
SEVERE = re.compile(
    r"厉害|严重|受不了|要命|要死|得很|不得了|特别|非常|太|死了|很|好(?=疼|痛|晕|难受|痒)|老疼|重|直不起|狠|忍不了|不行了|剧烈|凶|加重|越来越|得慌"
)
POINTS_BACK = frozenset("前这头近每隔过")  # 前两天 says when, not how long
OTHER_MATTER = re.compile(r"[天夜顿个](?:都)?[没不未][\u4e00-\u9fff]")  # 两天没吃饭 is not how long the tooth aches
NEGATED_DEGREE = re.compile(r"不(?:是)?(?:很|太|大|怎么|那么)?(?:厉害|严重|重)|没(?:那么|多)?(?:厉害|严重|重)")


def read_symptoms(text: str, *, expectation: Expectation, at: datetime) -> Reading | NotRead:
    """A list of symptoms, present or denied, each with course, degree, duration and span; [] for 哪都好."""
    heard = standard(text)
    found: list[dict[str, Any]] = []
    ahead = ""
    for start, end in clauses(heard.text):
        mentions = find_symptoms(heard.text, start, end)
        if not mentions:
            ahead = "" if found else heard.text[start:end]
            _tell_of_last(found, heard.text[start:end])
        for index, mention in enumerate(mentions):
            first = start if index == 0 else mentions[index - 1].end
            last = end if index + 1 == len(mentions) else mentions[index + 1].start
            words = heard.text[first:last] if len(mentions) > 1 else heard.text[start:end]
            found.append(_entry(mention, ahead + words, heard.text[start:end], heard.span(mention.start, mention.end)))
    if found:
        merged = _merged(found)
        spans = [each["span"] for each in merged]
        return Reading(value=merged, span=(min(a for a, _ in spans), max(b for _, b in spans)), confidence=NAMED)
    said = read_yes_no(text, expectation=expectation, at=at)
    if (isinstance(said, Reading) and said.value == "no") or well(heard.text):
        return Reading(value=[], span=said.span if isinstance(said, Reading) else (0, len(text)), confidence=ALL_WELL)
    if isinstance(said, NotRead):
        return said
    return NotRead(reason="vague" if SOMETHING.search(heard.text) else "not_an_answer", span=said.span)


def _entry(mention: SymptomMention, words: str, clause: str, span: tuple[int, int]) -> dict[str, Any]:
    course = _course(words, clause)
    over = course == "over"
    return {
        "symptom": mention.symptom,
        "present": mention.present and not over,
        "course": course if mention.present or over else None,
        "degree": _degree(words) if mention.present else None,
        "duration": _duration(words) if mention.present else None,
        "span": list(span),
    }


def _tell_of_last(found: list[dict[str, Any]], clause: str) -> None:
    """A clause without a symptom speaks of the one before: 咳嗽，两天了，不厉害; 老毛病了."""
    if not found or not found[-1]["present"] or OTHER_MATTER.search(clause):
        return
    last = found[-1]
    course = _course(clause, clause)
    if course is not None:
        last["course"] = course
        last["present"] = course != "over"
    last["degree"] = last["degree"] or _degree(clause)
    last["duration"] = last["duration"] or _duration(clause)


def _course(words: str, clause: str) -> Course | None:
    if OVER.search(words) or (OVER.search(clause) and clause.endswith(("好了", "没了", "退了"))):
        return "over"
    if OLD.search(words):
        return "old"
    if NEW.search(words):
        return "new"
    return "old" if OFTEN.search(words) else None


def _degree(words: str) -> Literal["mild", "severe"] | None:
    if NEGATED_DEGREE.search(words) or MILD.search(words):
        return "mild"
    return "severe" if SEVERE.search(words) else None


def _duration(words: str) -> dict[str, float] | None:
    found = find_duration(words)
    if found is None or words[max(0, found.start - 1) : found.start] in POINTS_BACK:
        return None
    return dict(found.value)


def _merged(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One entry for each symptom: what is said later counts, what it leaves open stays as said before."""
    merged: dict[str, dict[str, Any]] = {}
    for entry in found:
        earlier = merged.get(entry["symptom"])
        if earlier is None:
            merged[entry["symptom"]] = entry
            continue
        kept = {key: entry[key] if entry[key] is not None else earlier[key] for key in entry}
        if earlier["present"] and not entry["present"]:
            kept["course"] = "over"
        if not kept["present"]:
            kept |= {"degree": None, "duration": None}
        merged[entry["symptom"]] = kept
    return list(merged.values())
