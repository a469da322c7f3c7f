import pytest

from cloudtrail.history import Trail


@pytest.fixture
def trail(aws):
    return Trail(aws)
