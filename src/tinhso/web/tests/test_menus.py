"""Menus: what is lent, for whom, and where we are."""

from django.test import RequestFactory

from tinhso.base.actors import Actor, ActorKind, Holding
from tinhso.base.acts import anyone
from tinhso.base.registry import Entry, Module, Registry
from tinhso.web.menus import FootLink, Menus, SearchBox, Tab

LAN = Actor(
    kind=ActorKind.OFFICIAL,
    key="official:lan",
    name="Lan",
    holdings=(Holding("H47.12", ("H47", "H47.12"), "p1", frozenset({"reception"})),),
)
TU = Actor(kind=ActorKind.CITIZEN, key="citizen:tu", name="bà Tư")


def receives(actor: Actor) -> bool:
    return actor.has_role("reception")


def shelf() -> Registry:
    made = Registry()
    made.add(
        "tinhso.a",
        Module(
            slug="a",
            title="Một cửa",
            lends=(
                Entry("web:design", "Tiếp nhận", needs=receives, order=20, count=lambda actor: len(actor.name)),
                Entry("web:offline", "Trước", needs=receives, order=10, query="loc=tre"),
                Entry("web:manifest", "Công khai", needs=anyone, menu="public"),
                Entry("nowhere:at_all", "Hỏng", needs=anyone, menu="public"),
            ),
        ),
    )
    made.add(
        "tinhso.b",
        Module(
            slug="b",
            title="Quản trị",
            lends=(
                Entry("web:theme", "Giao diện", needs=receives, menu="admin"),
                *(
                    Tab(f"web:{name}", name, "house", order=n)
                    for n, name in enumerate(["design", "offline", "manifest"])
                ),
                SearchBox("web:design", "Tìm", "Mã hồ sơ", needs=receives),
                FootLink("web:offline", "Trợ giúp", column="help"),
            ),
        ),
    )
    made.close()
    return made


def menus(path: str, actor: Actor) -> Menus:
    request = RequestFactory().get(path)
    request.actor = actor
    return Menus(request, shelf())


def test_an_officer_sees_groups_in_order_with_counts_and_where_she_is():
    groups = menus("/design/", LAN).desk
    assert [group.title for group in groups] == ["Một cửa", "Quản trị"]
    first, second = groups[0].items
    assert (first.title, first.href, first.current, first.count) == ("Trước", "/ngoai-tuyen/?loc=tre", "", None)
    assert (second.title, second.current, second.count) == ("Tiếp nhận", "page", 3)


def test_a_filter_in_the_menu_is_where_we_are_only_with_its_query():
    assert menus("/ngoai-tuyen/?loc=tre", LAN).desk[0].items[0].current == "page"
    assert menus("/ngoai-tuyen/", LAN).desk[0].items[0].current == ""


def test_a_citizen_sees_no_desk_and_no_search_of_officers():
    seen = menus("/", TU)
    assert seen.desk == []
    assert seen.search is None
    assert [item.title for item in seen.public] == ["Công khai"]  # the broken one is left out and logged


def test_a_page_below_an_entry_is_in_it():
    assert menus("/manifest.webmanifest", TU).public[0].current == "page"
    assert menus("/design/con/", LAN).desk[0].items[1].current == "true"


def test_the_search_box_keeps_what_was_asked():
    assert menus("/design/?q=H47", LAN).search["value"] == "H47"
    assert menus("/ngoai-tuyen/?q=H47", LAN).search["value"] == ""


def test_tabs_and_footer():
    seen = menus("/design/", TU)
    assert [(tab.title, tab.current) for tab in seen.tabs] == [("design", "page"), ("offline", ""), ("manifest", "")]
    assert [link.title for link in seen.foot["help"]] == ["Trợ giúp"]
    assert seen.foot["about"] == []


def test_an_official_finds_the_way_to_work_in_the_account_menu():
    found = [(item.title, item.href) for item in menus("/", LAN).mine]
    assert [title for title, _href in found] == ["Một cửa", "Quản trị"]
    assert menus("/", TU).workplaces == []


def test_entries_that_are_counted_together_are_counted_once():
    asked = []

    def together(actor: Actor) -> dict[str, int]:
        asked.append(actor)
        return {"web:design": 3, "web:offline": 0}

    made = Registry()
    entries = tuple(Entry(f"web:{name}", name, needs=receives, counts=together) for name in ("design", "offline"))
    made.add("tinhso.a", Module(slug="a", title="Một cửa", lends=entries))
    made.close()
    request = RequestFactory().get("/")
    request.actor = LAN
    (group,) = Menus(request, made).desk
    assert [item.count for item in group.items] == [3, 0]
    assert asked == [LAN]
