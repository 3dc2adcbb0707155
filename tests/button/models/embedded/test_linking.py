from button.models.embedded.linking import adds_nothing, linked, sentences_of


def test_a_full_name_that_was_just_said_opens_the_next_sentence_as_a_first_name() -> None:
    told = [
        "Hazel Birch has looked after 102 animals.",
        "Hazel Birch takes Biscuit for $590.",
    ]
    assert linked(told, {"Hazel Birch"})[1] == "Hazel takes Biscuit for $590."


def test_two_people_of_one_first_name_keep_their_full_names() -> None:
    told = ["The guides are Ana Costa and Ana Ruiz.", "Ana Costa speaks Spanish."]
    assert linked(told, {"Ana Costa", "Ana Ruiz"}) == told


def test_a_thing_that_was_just_named_is_it() -> None:
    told = [
        "The best-rated nursery is the Potting Shed, with 4.8.",
        "The Potting Shed has it ready.",
    ]
    assert linked(told, things={"the Potting Shed"})[1] == "It has it ready."


def test_one_of_several_things_keeps_its_name() -> None:
    told = ["You could go to Nolan's or Pico.", "Pico closes at 8 pm."]
    assert linked(told, things={"Nolan's", "Pico"}) == told


def test_a_title_ends_no_sentence() -> None:
    assert sentences_of("Dr. Weiss is free. Ask her.") == ["Dr. Weiss is free.", "Ask her."]


def test_what_was_said_in_other_words_is_no_news() -> None:
    report = "The test found a worn door seal, so the door seal has to be replaced."
    assert adds_nothing(report, "The test shows a worn door seal.")
    assert not adds_nothing(report, "A new door seal costs $88.")
