"""The commands that people are told of, and the steps that packs cite."""

from casetrail_archive.domain.acts import ACTS
from casetrail_common.auth.duties import GIVERS


def test_of_every_command_that_may_be_missing_it_is_known_who_gives_it() -> None:
    assert ACTS.keys() <= GIVERS.keys()
