"""Every address of the web application stands behind exactly one guard."""

from flask import Flask

from ivr.app import DOORS


def test_every_address_stands_behind_exactly_one_guard(app: Flask) -> None:
    guards = {blueprint.name: guard for blueprint, guard in DOORS}
    for rule in app.url_map.iter_rules():
        blueprint = rule.endpoint.rpartition(".")[0]
        assert blueprint in guards, f"{rule.rule} has no door"
        assert app.before_request_funcs[blueprint][0] is guards[blueprint]


def test_the_telephone_page_exists_in_development_only(app: Flask) -> None:
    assert app.test_client().get("/phone").status_code == 404
