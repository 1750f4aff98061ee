"""The words that the tables of plans use, for pages and the API: these do not touch tables."""

from tinhso.modules.plan.models import ItemState, Kind, PlanState, Way

__all__ = ["ItemState", "Kind", "PlanState", "Way"]
