"""The containers of the product cannot write to themselves, are not root, and cannot become it."""

import re

import pytest
import yaml

from config.run.local import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = sorted(
    name for name, service in COMPOSE["services"].items() if service["image"].startswith("switchboard:")
)


def test_every_process_of_the_product_is_looked_at():
    assert {"web", "realtime", "worker", "beat", "migrate"} <= set(OURS)


@pytest.mark.parametrize("name", OURS)
def test_container_is_closed(name):
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["tmpfs"] == ["/tmp"]
    assert "user" not in service  # the image's own
    assert not service.get("privileged")


def test_image_is_not_root():
    users = re.findall(r"^USER (\d+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert users
    assert "0" not in users


def test_the_data_has_no_way_out():
    assert COMPOSE["networks"]["data"]["internal"] is True
    for name in ("postgres", "redis"):
        assert COMPOSE["services"][name]["networks"] == ["data"]
        assert "ports" not in COMPOSE["services"][name]
