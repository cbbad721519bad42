import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("locator", "0012_last_modified"),
    ]

    operations = [
        migrations.AddField(
            model_name="change",
            name="replaced_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="replaces",
                to="locator.change",
            ),
        ),
        migrations.AddField(
            model_name="upload",
            name="looks",
            field=models.PositiveIntegerField(default=1),
        ),
    ]
