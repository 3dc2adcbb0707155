from typing import Any

import pytest

from tools.ledger import Fact, contradictions


def fact(name: str, arguments: dict[str, Any], result: Any) -> Fact:
    return {"name": name, "arguments": arguments, "result": result}


WEATHER = fact("get_weather", {"city": "Oslo", "day": 1}, {"temperature": 3, "sky": "clear"})
HOTELS = fact(
    "search_hotels",
    {"city": "Oslo"},
    {
        "hotels": [
            {"hotel_id": "H1", "name": "Ritz", "stars": 5, "city_code": "OSL"},
            {"hotel_id": "H2", "name": "Inn", "stars": 3, "city_code": "OSL"},
        ]
    },
)


def test_the_same_call_gives_the_same_result() -> None:
    same = {"sky": "clear", "temperature": 3.0}
    assert contradictions([WEATHER], "get_weather", {"day": 1.0, "city": "Oslo"}, same) == []
    other = {"sky": "rain", "temperature": 3}
    (line,) = contradictions([WEATHER], "get_weather", {"day": 1, "city": "Oslo"}, other)
    assert "same arguments" in line
    assert "rain" in line


def test_another_call_may_give_another_result() -> None:
    other = {"sky": "rain", "temperature": 3}
    assert contradictions([WEATHER], "get_weather", {"day": 2, "city": "Oslo"}, other) == []


def test_an_entity_keeps_its_fields_across_functions() -> None:
    (line,) = contradictions(
        [HOTELS], "get_hotel_details", {"hotel_id": "H1"}, {"hotel_id": "H1", "name": "Plaza"}
    )
    assert line == (
        'hotel_id \'H1\' has name "Plaza", but search_hotels returned name "Ritz" for it'
    )


@pytest.mark.parametrize(
    "result",
    [
        {"hotel_id": "H1", "name": " ritz ", "stars": 5.0, "pool": True},
        {"hotel_id": "H3", "name": "Plaza"},
        {"hotel_id": "H1", "name": None},
        {"hotel_id": "H1", "stars": "5"},
        {"hotel_id": "H1", "distance_km": 2},
    ],
)
def test_agreement_other_entities_and_the_unknown_are_no_contradiction(result: Any) -> None:
    assert contradictions([HOTELS], "get_hotel_details", {"hotel_id": "H1"}, result) == []


def test_a_change_in_between_excuses() -> None:
    order = fact("get_order", {"order_id": 7}, {"order_id": 7, "status": "open"})
    cancel = fact("cancel_order", {"order_id": 7}, {"order_id": 7, "status": "cancelled"})
    now = {"order_id": 7, "status": "cancelled"}
    assert contradictions([order, cancel], "get_order", {"order_id": 7}, now) == []
    assert contradictions([order], "cancel_order", {"order_id": 7}, now) == []
    assert contradictions([order], "get_order", {"order_id": 7}, now)


def test_what_a_change_asserted_holds_afterwards() -> None:
    cancel = fact("cancel_order", {"order_id": 7}, {"order_id": 7, "status": "cancelled"})
    now = {"order_id": 7, "status": "open"}
    (line,) = contradictions([cancel], "get_order", {"order_id": 7}, now)
    assert "status" in line


def test_values_that_depend_on_what_was_asked_are_no_contradiction() -> None:
    cheap = fact(
        "search_flights",
        {"date": "2026-03-02"},
        {"flights": [{"flight_number": "BA1", "price": 90}]},
    )
    dear = {"flights": [{"flight_number": "BA1", "price": 120}]}
    assert contradictions([cheap], "search_flights", {"date": "2026-03-03"}, dear) == []
    quote = {"flight_number": "BA1", "price": 120}
    asked = {"flight_number": "BA1", "currency": "USD"}
    assert contradictions([cheap], "get_flight", asked, quote) == []


def test_rows_that_only_name_an_entity_do_not_describe_it() -> None:
    payments = {"payments": [{"customer_id": "C1", "sum": 5}, {"customer_id": "C1", "sum": 9}]}
    first = fact("list_payments", {"customer_id": "C1"}, payments)
    again = {"customer_id": "C1", "sum": 7}
    assert contradictions([first], "get_refund", {"customer_id": "C1"}, again) == []


def test_generic_fields_of_other_functions_mean_other_things() -> None:
    tax = fact("get_order_tax", {"order_id": 7}, {"order_id": 7, "amount": 5})
    refund = {"order_id": 7, "amount": 20}
    assert contradictions([tax], "get_order_refund", {"order_id": 7}, refund) == []


def test_a_bare_id_is_scoped_by_what_it_is_the_id_of() -> None:
    user = fact("get_user", {"id": 1}, {"id": 1, "name": "Ann"})
    assert contradictions([user], "get_product", {"id": 1}, {"id": 1, "name": "Lamp"}) == []
    (line,) = contradictions([user], "list_users", {}, {"users": [{"id": 1, "name": "Bob"}]})
    assert "Bob" in line


def test_phone_and_postal_codes_identify_nothing() -> None:
    ann = fact("get_contact", {"name": "Ann"}, {"phone_number": "1", "zip_code": "2", "city": "A"})
    result = {"phone_number": "1", "zip_code": "2", "city": "B"}
    assert contradictions([ann], "get_contact", {"name": "Bob"}, result) == []


def test_functions_of_chance_may_vary() -> None:
    roll = fact("roll_dice", {"sides": 6}, {"value": 3})
    assert contradictions([roll], "roll_dice", {"sides": 6}, {"value": 5}) == []


@pytest.mark.parametrize("result", [None, [], "text", 3, {"a": [1, [2]]}, {"id": [1]}])
def test_any_json_result_is_read(result: Any) -> None:
    assert contradictions([fact("f", {}, result)], "f", {}, result) == []


def test_a_part_of_another_entity_has_that_ones_price_and_date() -> None:
    def reservation(number: str, price: int, origin: str) -> dict[str, Any]:
        flight = {"flight_number": "HAT1", "price": price, "date": f"2026-03-{price}"}
        return {"reservation_id": number, "flights": [{**flight, "origin": origin}]}

    first = fact("get_reservation", {"reservation_id": "A"}, reservation("A", 10, "JFK"))
    asked = {"reservation_id": "B"}
    second = reservation("B", 12, "JFK")
    assert contradictions([first], "get_reservation", asked, second) == []
    (line,) = contradictions([first], "get_reservation", asked, reservation("B", 12, "LAX"))
    assert "origin" in line
