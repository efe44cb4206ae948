"""What always holds of an audience and of a plan over it."""

from datetime import UTC, date, datetime, time

from hypothesis import given
from hypothesis import strategies as st

from campaigns.audience import AudienceQuery, Candidate, Person, choose
from campaigns.plan import plan
from campaigns.window import CallingWindow

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
WINDOW = CallingWindow()
FIELDS = ("health.fever", "person.phone")
hours = st.one_of(
    st.none(), st.integers(0, 22).map(lambda hour: CallingWindow(opens=time(hour), closes=time(hour + 1)))
)
people = st.builds(
    Person,
    resident=st.uuids().map(str),
    has_number=st.booleans(),
    head=st.booleans(),
    birth_year=st.one_of(st.none(), st.integers(1930, 2020)),
    consent=st.sampled_from(["unknown", "given", "refused"]),
    do_not_call=st.booleans(),
    fresh=st.frozensets(st.sampled_from(FIELDS)),
    preference=hours,
)
candidates = st.lists(
    st.builds(
        Candidate,
        household=st.sampled_from([f"h{each}" for each in range(6)]),
        places=st.just(frozenset({"g"})),
        people=st.lists(people, max_size=4).map(tuple),
    ),
    max_size=10,
)
queries = st.builds(
    AudienceQuery,
    age_from=st.one_of(st.none(), st.just(60)),
    missing=st.sampled_from([(), FIELDS[:1], FIELDS]),
    limit=st.one_of(st.none(), st.integers(1, 5)),
)


@given(candidates, queries)
def test_a_plan_calls_a_household_once_and_only_whom_it_may(those: list[Candidate], query: AudienceQuery) -> None:
    chosen = list(choose(query, those, WINDOW, on=date(2026, 11, 21)))
    assert len({each.household for each in chosen}) == len(chosen)
    of_id = {person.resident: person for each in those for person in each.people}
    for each in chosen:
        if each.exclusion is not None:
            continue
        person = of_id[str(each.resident)]
        assert person.has_number
        assert not person.do_not_call
        assert person.consent != "refused"
        assert WINDOW.within(person.preference) is not None
        assert not query.missing or set(query.missing) - person.fresh  # who is known well enough is not asked
    calls = [each for each in chosen if each.exclusion is None]
    planned = list(plan(((each.household, each.household, each.preference) for each in calls), WINDOW, at=AT))
    assert [each.household for each in planned] == [each.household for each in calls]
    for one, each in zip(planned, calls, strict=True):
        due = one.attempt.due_at
        assert WINDOW.allows(at=due)
        assert each.preference is None or each.preference.allows(at=due)
