"""Whom a campaign is for."""

from datetime import UTC, date, datetime, time

from hypothesis import given
from hypothesis import strategies as st

from campaigns.audience import AudienceQuery, Candidate, Person, choose
from campaigns.outcome import ContactOutcome
from campaigns.plan import plan
from campaigns.results import ContactResult, coverage, funnel
from campaigns.window import CallingWindow

ON = date(2026, 11, 21)
AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
WINDOW = CallingWindow()

people = st.builds(
    Person,
    resident=st.text("abc", min_size=1, max_size=3),
    has_number=st.booleans(),
    head=st.booleans(),
    birth_year=st.one_of(st.none(), st.integers(1920, 2026)),
    consent=st.sampled_from(["unknown", "given", "refused"]),
    do_not_call=st.booleans(),
    fresh=st.frozensets(st.sampled_from(["health.fever", "health.cough"])),
    preference=st.one_of(st.none(), st.just(CallingWindow(opens=time(6), closes=time(7)))),
)
candidates = st.lists(
    st.builds(
        Candidate,
        household=st.integers(0, 8).map(str),
        places=st.frozensets(st.sampled_from(["g1", "g2", "b1"])),
        people=st.lists(people, max_size=3).map(tuple),
    ),
    max_size=20,
)
queries = st.builds(
    AudienceQuery,
    places=st.sampled_from([(), ("g1",), ("g1", "b1")]),
    age_from=st.sampled_from([None, 60, 80]),
    missing=st.sampled_from([(), ("health.fever",)]),
    without=st.sampled_from([(), ("3", "5")]),
)


@given(queries, candidates)
def test_an_audience_holds_a_household_once_and_calls_only_whom_it_may(
    query: AudienceQuery, candidates: list[Candidate]
) -> None:
    chosen = list(choose(query, candidates, WINDOW, on=ON))
    assert len({each.household for each in chosen}) == len(chosen)
    for each in chosen:
        assert each.household not in query.without
        if each.exclusion is not None:
            continue
        assert any(
            person.resident == each.resident
            and person.has_number
            and not person.do_not_call
            and person.consent != "refused"
            and person.preference is None
            for one in candidates
            if one.household == each.household
            for person in one.people
        )


def test_the_head_is_called_then_the_eldest_and_a_household_without_number_is_visited() -> None:
    wang = Person(resident="wang", has_number=True, head=True, birth_year=1980)
    li = Person(resident="li", has_number=True, birth_year=1940)
    mute = Person(resident="mute", has_number=False)
    chosen = {
        each.household: each
        for each in choose(
            AudienceQuery(),
            [
                Candidate(household="1", places=frozenset(), people=(li, wang)),
                Candidate(household="2", places=frozenset(), people=(Person(resident="young", has_number=True), li)),
                Candidate(household="3", places=frozenset(), people=(mute,)),
                Candidate(household="4", places=frozenset()),
            ],
            WINDOW,
            on=ON,
        )
    }
    assert chosen["1"].resident == "wang"
    assert chosen["2"].resident == "li"
    assert (chosen["3"].resident, chosen["3"].exclusion) == ("mute", "no_number")
    assert (chosen["4"].resident, chosen["4"].exclusion) == (None, "no_number")


def test_what_is_known_and_fresh_brings_nobody_into_the_audience() -> None:
    known = Person(resident="a", has_number=True, fresh=frozenset({"health.fever"}))
    stale = Person(resident="b", has_number=True)
    households = [Candidate(household=each.resident, places=frozenset(), people=(each,)) for each in (known, stale)]
    chosen = list(choose(AudienceQuery(missing=("health.fever",)), households, WINDOW, on=ON))
    assert [each.resident for each in chosen] == ["b"]
    assert chosen[0].why == {"missing": ["health.fever"]}


@given(st.lists(st.tuples(st.integers(0, 99).map(str), st.integers(0, 9).map(str)), max_size=40))
def test_a_plan_calls_a_household_once_and_inside_its_window(contacts: list[tuple[str, str]]) -> None:
    night = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
    planned = list(plan(((contact, household, None) for contact, household in contacts), WINDOW, at=night))
    assert sorted(each.household for each in planned) == sorted({household for _, household in contacts})
    assert all(WINDOW.allows(at=each.attempt.due_at) and each.attempt.due_at >= night for each in planned)


results = st.lists(
    st.builds(
        ContactResult,
        household=st.integers(0, 9).map(str),
        outcome=st.one_of(st.none(), st.sampled_from(ContactOutcome)),
        ticketed=st.booleans(),
        visited=st.booleans(),
    ),
    max_size=30,
)


@given(results)
def test_coverage_is_the_union_of_reached_visited_and_ticketed(contacts: list[ContactResult]) -> None:
    unreached = {ContactOutcome.NOT_REACHED, ContactOutcome.WRONG_PERSON, ContactOutcome.INELIGIBLE, None}
    covered = {each.household for each in contacts if each.ticketed or each.visited or each.outcome not in unreached}
    everybody = {each.household for each in contacts}
    found = coverage(contacts)
    assert set(found.uncovered) == everybody - covered
    assert (
        found.share == (len(covered) / len(everybody) if everybody else 1.0)
        or abs(found.share - len(covered) / len(everybody)) < 1e-9
    )


def test_the_funnel_keeps_the_order_of_the_questionnaire_and_shows_what_was_never_asked() -> None:
    steps = funnel(("fever", "cough"), {"cough": {"asked": 3, "answered": 2, "open": 1}})
    assert [(each.question, each.asked, each.answered, each.left_open) for each in steps] == [
        ("fever", 0, 0, 0),
        ("cough", 3, 2, 1),
    ]
