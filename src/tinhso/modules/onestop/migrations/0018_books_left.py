from django.db import migrations, models

from tinhso.base.columns import AddColumn
from tinhso.base.online import AddIndexOnline


class Migration(migrations.Migration):
    # the index on dossiers is made while everybody goes on working
    atomic = False

    dependencies = [("onestop", "0017_fee_anew")]

    operations = [
        AddColumn(
            model_name='dossier',
            name='book_desk',
            field=models.CharField(db_default='', default='', help_text='desk that kept that book, when the dossier went on at another', max_length=35),
        ),
        AddIndexOnline(
            model_name='dossier',
            index=models.Index(condition=models.Q(('book_desk', ''), _negated=True), fields=['book_desk', 'book_year', 'form_number'], name='onestop_dossier_book_before'),
        ),
    ]
