"""Parked messages on the operations page: looked at, replayed, discarded, recorded."""

import re

import pytest

from services.gateway.projections.editions import Editions
from shared.contracts.recruitment import CreateEdition
from shared.kernel.operator_acts import list_acts
from shared.kernel.parking import list_parked, park, park_undecodable
from shared.kernel.publication import Publications
from tests.pages.panel_visitor import Visitor, the_whole_app
from tests.unit.gateway.programme import Programme, a_configuration

ADDRESS = "/panel/operacje/odlozone"


@pytest.fixture(scope="module")
def set_up():
    programme = Programme().set_up()
    for person in ("staff", "operator"):
        programme.as_(person)
    yield programme
    programme.close()


@pytest.fixture
def site(set_up):
    programme = set_up.copy()
    yield programme, the_whole_app(programme)
    programme.close()


@pytest.fixture
def operator(site):
    return Visitor(site[1], "operator")


def park_an_event(programme):
    """The first event of recruitment, parked for the view of editions."""
    database = programme.rpc.gateway
    [envelope] = programme.rpc.read_feed("recruitment", 0, 1)
    with database.transaction() as connection:
        park(connection, "view:editions", envelope, "ValueError: broken", 3)
    [parked] = list_parked(database)
    return parked.id


def send(visitor, path, **fields):
    page = visitor.see(path)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    return visitor.client.post(f"{path}?lang=en", data={"csrf_token": token, **fields})


def test_a_message_is_shown_whole_with_its_error_and_the_ways_on(site, operator):
    number = park_an_event(site[0])

    operator.see("/panel/operacje", f"gateway {number}", "Parked messages (1)")
    operator.see(
        f"{ADDRESS}/gateway/{number}", "ValueError: broken", "specversion", "Replay", "Discard"
    )


def test_the_page_asks_first_and_says_what_became_of_each(site, operator):
    number = park_an_event(site[0])
    path = f"{ADDRESS}/gateway/{number}/ponow"
    operator.see(path, "Messages that this is about", "handled once more")
    assert list_parked(site[0].rpc.gateway) != []

    answer = send(operator, path)

    assert answer.status_code == 200
    assert "Done: 1 of 1." in answer.text
    assert list_parked(site[0].rpc.gateway) == []
    [act] = list_acts(site[0].rpc.gateway)
    assert (act.actor, act.outcome) == (str(site[0].accounts["operator"]), "done")
    page = operator.see("/panel/operacje/czynnosci", "parked.replay", "view:editions")
    assert "@example.org" not in page


def test_one_that_fails_again_stays_and_says_why(site, operator, monkeypatch):
    number = park_an_event(site[0])

    def broken(*_):
        raise ValueError("still broken")

    monkeypatch.setattr(Editions, "apply", broken)
    answer = send(operator, f"{ADDRESS}/gateway/ponow")

    assert "Done: 0 of 1." in answer.text
    assert "still broken" in answer.text
    assert [m.id for m in list_parked(site[0].rpc.gateway)] == [number]


def test_discarding_needs_a_reason(site, operator):
    number = park_an_event(site[0])
    path = f"{ADDRESS}/gateway/{number}/odrzuc"

    refused = send(operator, path, reason="")
    assert refused.status_code == 422
    assert "Give the reason" in refused.text
    send(operator, path, reason="the view is rebuilt")

    assert list_parked(site[0].rpc.gateway) == []
    assert list_acts(site[0].rpc.gateway)[0].reason == "the view is rebuilt"


def test_a_message_of_a_service_is_discarded_there(site, operator):
    database = site[0].rpc.runtimes["hdr"].application.database
    park_undecodable(database, "hdr", b"{", "not JSON")
    [parked] = list_parked(database)

    operator.see(f"{ADDRESS}/hdr/{parked.id}", "cannot be replayed")
    send(operator, f"{ADDRESS}/hdr/{parked.id}/odrzuc", reason="noise")

    assert list_parked(database) == []
    [act] = list_acts(database)
    assert (act.act, act.actor) == ("parked.discard", str(site[0].accounts["operator"]))


def test_a_service_that_does_not_answer_is_named_and_the_rest_is_there(site, operator):
    number = park_an_event(site[0])
    site[0].rpc.absent.add("hdr")

    operator.see("/panel/operacje", "hdr does not answer", f"gateway {number}")


class Published:
    """Stands where the relay has its channel to the broker."""

    def publish(self, envelopes):
        self.last = envelopes[-1].sequence


def test_a_listener_is_level_at_the_last_event_that_leaves_its_source(site, operator, monkeypatch):
    runtimes, published = site[0].rpc.runtimes, Published()
    recruitment = runtimes["recruitment"]
    recruitment.relay.publish_batch(published)
    request = CreateEdition.model_validate({"configuration": a_configuration(slug="inside")})
    with monkeypatch.context() as silent:
        silent.setattr(recruitment.application, "publications", Publications("recruitment"))
        recruitment.application.execute(lambda: recruitment.application.create_edition(request))
        recruitment.relay.publish_batch(published)
    position = runtimes["advisory"].status()["subscription"]["positions"]["recruitment"]
    last = recruitment.status()["last_event"]

    page = operator.see("/panel/operacje", f"recruitment: {position} / {position}")

    assert position == published.last < last
    assert f"{position} / {last}" not in page


def test_only_operators_act(site):
    number = park_an_event(site[0])
    staff = Visitor(site[1], "staff")

    staff.see(f"{ADDRESS}/gateway/{number}", "ValueError: broken")
    assert staff.get(f"{ADDRESS}/gateway/{number}/ponow").status_code == 403
    assert staff.get(f"{ADDRESS}/gateway/{number}/odrzuc").status_code == 403


def test_in_polish(site):
    number = park_an_event(site[0])
    operator = Visitor(site[1], "operator", "pl")

    operator.see(f"{ADDRESS}/gateway/{number}", "Odłożony komunikat", "Ponów", "Odrzuć")
    operator.see(f"{ADDRESS}/gateway/{number}/odrzuc", "Odrzuć na stałe", "zabraknie na stałe")


def test_what_is_not_there_is_not_found(operator):
    assert operator.get(f"{ADDRESS}/gateway/99").status_code == 404
    assert operator.get(f"{ADDRESS}/nowhere/1").status_code == 404
