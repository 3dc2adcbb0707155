from hypothesis import given
from hypothesis import strategies as st

from tools.names import LEGAL_NAME, legal_name, legal_names, original_names

awkward = st.one_of(
    st.text(max_size=80), st.text(alphabet="a._-1 ", min_size=1, max_size=4), st.just("x" * 90)
)


@given(st.lists(awkward, unique=True, max_size=12))
def test_every_set_of_names_maps_to_legal_unique_ones_and_back(originals: list[str]) -> None:
    legal = legal_names(originals)
    assert set(legal) == set(originals)
    assert all(LEGAL_NAME.match(name) for name in legal.values())
    back = original_names(legal)
    assert {back[legal[name]] for name in originals} == set(originals)
    assert legal_names(reversed(originals)) == legal


def test_a_legal_name_stays_even_beside_one_that_would_become_it() -> None:
    legal = legal_names(["math.sqrt", "math_sqrt"])
    assert legal["math_sqrt"] == "math_sqrt"
    assert legal["math.sqrt"].startswith("math_sqrt_")


def test_dots_become_underscores() -> None:
    assert legal_name("math.sqrt") == "math_sqrt"
    assert legal_name("1st") == "f_1st"
    assert len(legal_name("x" * 80)) == 64


def test_two_names_that_would_become_the_same_are_told_apart() -> None:
    legal = legal_names(["a.b", "a b"])
    assert len(set(legal.values())) == 2
