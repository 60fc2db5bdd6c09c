"""A PostgreSQL and a shared store on it, one of each for all tests of a worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from analytics.store import Store
from tests.cluster import Cluster, running_cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def location(cluster, tmp_path_factory) -> Path:
    return cluster.shared_store(tmp_path_factory.mktemp("lake"))


@pytest.fixture
def shared(location) -> Store:
    """One for all tests, empty before each: to open another costs a second."""
    store = Store(location)
    if store.versions:
        with store.writing():
            store._replace(lambda _: [])
    return store


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "store")
