import shutil

import pytest

from ecr.images import Skopeo


@pytest.fixture
def ecr(aws):
    return aws.client("ecr")


@pytest.fixture
def skopeo(aws, tmp_path):
    if not shutil.which("skopeo"):
        pytest.skip("needs skopeo")
    return Skopeo(aws, tmp_path)
