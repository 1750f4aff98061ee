"""What the printed papers say; how they look is in `pdf/*.typ`. Papers are Vietnamese: the law knows them so."""

from tinhso.modules.onestop.queries.papers.choosing import NoSuchPaper, draft_of, paper_of, papers_there
from tinhso.modules.onestop.queries.papers.control import control_paper
from tinhso.modules.onestop.queries.papers.letters import (
    apology_draft,
    apology_paper,
    lateness_paper,
    receipt_paper,
    stop_paper,
    supplement_paper,
)
from tinhso.modules.onestop.queries.papers.reception import refused_paper, taken_paper
from tinhso.modules.onestop.queries.papers.results import is_read, named_in, part_paper, result_paper

__all__ = [
    "NoSuchPaper",
    "apology_draft",
    "apology_paper",
    "control_paper",
    "draft_of",
    "is_read",
    "lateness_paper",
    "named_in",
    "paper_of",
    "papers_there",
    "part_paper",
    "receipt_paper",
    "refused_paper",
    "result_paper",
    "stop_paper",
    "supplement_paper",
    "taken_paper",
]
