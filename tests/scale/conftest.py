"""What the tests of several machines share: the machines"""
import pytest

from desk import Client, create_token, furnish
from stack import Balanced, Stack


@pytest.fixture(scope="session")
def stack():
    with Stack() as stack:
        yield stack


@pytest.fixture(scope="session")
def token(stack):
    return create_token(stack.database_url, "desk")


@pytest.fixture(scope="session")
def desk(stack, token):
    """One who writes and reads through the balancer."""
    client = Client(Balanced(stack.url), token)
    furnish(client)
    return client


@pytest.fixture
def desks(stack, token):
    """The same through one service each."""
    return {name: Client(service, token) for name, service in stack.services.items()}
