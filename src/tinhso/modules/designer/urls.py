"""Addresses below `/thiet-ke/`."""

from django.urls import path

from tinhso.modules.designer.queries.documents import PROCEDURES
from tinhso.modules.designer.views import documents, drafts, forms, rehearsals

app_name = "designer"

urlpatterns = [
    path("", drafts.home, name="home"),
    path("moi/", drafts.new, name="new"),
    path("tai-len/", drafts.upload, name="upload"),
    path("quy-trinh/<str:code>/soan/", drafts.begin, name="begin"),
    path("ban-thao/<uuid:draft_id>/", drafts.draft, name="draft"),
    path("ban-thao/<uuid:draft_id>/tep/", drafts.file, name="file"),
    path("ban-thao/<uuid:draft_id>/so-do/", drafts.save, name="save"),
    path("ban-thao/<uuid:draft_id>/buoc-moi/", drafts.add, name="add_step"),
    path("ban-thao/<uuid:draft_id>/phan-tu/<str:element_id>/", drafts.element, name="element"),
    path("ban-thao/<uuid:draft_id>/phan-tu/<str:element_id>/bo/", drafts.remove, name="remove_step"),
    path("ban-thao/<uuid:draft_id>/trinh/", drafts.send, name="send"),
    path("ban-thao/<uuid:draft_id>/huy/", drafts.drop, name="drop"),
    path("ban-thao/<uuid:draft_id>/thay-doi/", drafts.difference, name="difference"),
    path("ban-thao/<uuid:draft_id>/duyet/", drafts.approve, name="approve"),
    path("ban-thao/<uuid:draft_id>/dien-tap/", rehearsals.rehearsals, name="rehearsals"),
    path("ban-thao/<uuid:draft_id>/dien-tap/<uuid:rehearsal_id>/", rehearsals.rehearsal, name="rehearsal"),
    path("ban-thao/<uuid:draft_id>/tra-lai/", drafts.give_back, name="give_back"),
    path("thu-tuc/", documents.home, {"kind": PROCEDURES}, name="procedures"),
    path("thu-tuc/moi/", documents.new, {"kind": PROCEDURES}, name="new_procedure"),
    path("thu-tuc/<str:code>/soan/", documents.begin, {"kind": PROCEDURES}, name="begin_procedure"),
    path("thu-tuc/ban-thao/<uuid:draft_id>/", documents.draft, name="document_draft"),
    path("thu-tuc/ban-thao/<uuid:draft_id>/tep/", documents.file, name="document_file"),
    path("thu-tuc/ban-thao/<uuid:draft_id>/xem-truoc/", documents.preview, name="document_preview"),
    path("thu-tuc/ban-thao/<uuid:draft_id>/thay-doi/", documents.difference, name="document_difference"),
    path("thu-tuc/ban-thao/<uuid:draft_id>/bo/", documents.remove, name="remove_row"),
    path("thu-tuc/ban-thao/<uuid:draft_id>/chuyen/", documents.move, name="move_row"),
    path("thu-tuc/ban-thao/<uuid:draft_id>/lay-vao/", documents.fill, name="fill_list"),
    path("thu-tuc/ban-thao/<uuid:draft_id>/them/<path:page>/", documents.add, name="add_row"),
    path("thu-tuc/ban-thao/<uuid:draft_id>/trang/<path:page>/", documents.page, name="document_page"),
    path("bieu-mau/", forms.home, name="forms"),
    path("bieu-mau/moi/", forms.new, name="new_form"),
    path("bieu-mau/tai-len/", forms.upload, name="upload_form"),
    path("bieu-mau/<str:code>/soan/", forms.begin, name="begin_form"),
    path("bieu-mau/ban-thao/<uuid:draft_id>/", forms.draft, name="form_draft"),
    path("bieu-mau/ban-thao/<uuid:draft_id>/tep/", forms.file, name="form_file"),
    path("bieu-mau/ban-thao/<uuid:draft_id>/chung/", forms.texts, name="form_texts"),
    path("bieu-mau/ban-thao/<uuid:draft_id>/them/", forms.add, name="add_question"),
    path("bieu-mau/ban-thao/<uuid:draft_id>/cau/<str:path>/", forms.question, name="question"),
    path("bieu-mau/ban-thao/<uuid:draft_id>/chuyen/", forms.move, name="move_question"),
    path("bieu-mau/ban-thao/<uuid:draft_id>/bo/", forms.remove, name="remove_question"),
    path("bieu-mau/ban-thao/<uuid:draft_id>/quy-tac/", forms.rule, name="add_rule"),
    path("bieu-mau/ban-thao/<uuid:draft_id>/quy-tac/<int:index>/", forms.rule, name="rule"),
    path("bieu-mau/ban-thao/<uuid:draft_id>/quy-tac/<int:index>/bo/", forms.remove_rule, name="remove_rule"),
    path("bieu-mau/ban-thao/<uuid:draft_id>/xem-truoc/", forms.preview, name="preview"),
    path("bieu-mau/ban-thao/<uuid:draft_id>/thay-doi/", forms.difference, name="form_difference"),
]
