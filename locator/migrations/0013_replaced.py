import django.db.models.deletion
from django.db import migrations, models


def one_for_all(apps, _schema_editor):
    """On the way back: a reminder was sent, to whomever; its later notes go."""
    kept = set()
    reminders = apps.get_model("locator", "Reminder")
    for row in reminders.objects.order_by("sent_on", "id"):
        key = (row.service_id, row.assured_date, row.step)
        if key in kept:
            row.delete()
        kept.add(key)


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
        migrations.RemoveConstraint(model_name="reminder", name="reminder_sent_once"),
        migrations.AddField(
            model_name="reminder",
            name="recipient",
            field=models.CharField(default="", max_length=50),
        ),
        migrations.RunPython(migrations.RunPython.noop, one_for_all),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(
                fields=("service", "assured_date", "step", "recipient"), name="reminder_sent_once_each"
            ),
        ),
    ]
