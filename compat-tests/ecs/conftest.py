import pytest

from ecs.place import Place


@pytest.fixture
def place(aws):
    return Place(aws)


@pytest.fixture
def ecs(aws):
    return aws.client("ecs")
