"""Law as data: rule packs, the case file they speak of, and the judging of it.

Packs are read by `loader` and `compile`, a case file is built by `happenings`, `engine` judges it, and `gates` refuses
the commands that would break a rule.
"""

from casetrail_common.rules.casefile import CaseFile
from casetrail_common.rules.compile import activate, compile_pack, compiled
from casetrail_common.rules.engine import ENGINE, Finding, evaluate
from casetrail_common.rules.exceptions import admits_exception
from casetrail_common.rules.faults import Fault, PackError
from casetrail_common.rules.gates import Refusal, gate
from casetrail_common.rules.happenings import SHARED, Happening, after, build
from casetrail_common.rules.judgement import Judgement
from casetrail_common.rules.judging import LawBook
from casetrail_common.rules.loader import SHIPPED, pack_document, read_document, read_file
from casetrail_common.rules.pack import ActivePack, Pack
from casetrail_common.rules.reach import needs_cases
from casetrail_common.rules.rollups import RollUp, rolled_up

__all__ = [
    "ENGINE",
    "SHARED",
    "SHIPPED",
    "ActivePack",
    "CaseFile",
    "Fault",
    "Finding",
    "Happening",
    "Judgement",
    "LawBook",
    "Pack",
    "PackError",
    "Refusal",
    "RollUp",
    "activate",
    "admits_exception",
    "after",
    "build",
    "compile_pack",
    "compiled",
    "evaluate",
    "gate",
    "needs_cases",
    "pack_document",
    "read_document",
    "read_file",
    "rolled_up",
]
