"""Every disagreement with checkdmarc over our own zones has a cause described in docs/checkdmarc.md."""

from importlib.metadata import version

from tests.conformance.checkdmarc import differential


async def test_every_disagreement_is_explained() -> None:
    paths = differential.zones()
    assert len(paths) > 150
    count, differing = await differential.compare(paths)
    assert count > 2 * len(paths)
    for each in differing:
        found = differential.classify(each.opinion)
        assert len(found) == 1, (each, [cause.name for cause in found])
    met = {differential.classify(each.opinion)[0].name for each in differing}
    assert met == {each.name for each in differential.CLASSES}  # no unused class
    assert version("checkdmarc") == differential.VERSION
    wanted = differential.page(len(paths), count, differing)
    assert differential.PAGE.read_text() == wanted, "run python -m tests.conformance.checkdmarc.differential"
