"""What the release before does not know of gets a value of its own when that writes a row (SAFETY R40)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("locator", "0017_passed_on"),
    ]

    operations = [
        migrations.AlterField(
            model_name="upload",
            name="looks",
            field=models.PositiveIntegerField(db_default=1, default=1),
        ),
        migrations.AlterField(
            model_name="reminder",
            name="recipient",
            field=models.CharField(db_default="", default="", max_length=50),
        ),
    ]
