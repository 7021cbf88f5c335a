"""Knowledge articles, their editions, where they were used, and what customers say of them."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0009_history_imports'),
    ]

    operations = [
        migrations.CreateModel(
            name='Article',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField(help_text='shown as AR-0042', unique=True)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('retired', 'Retired')], default='draft', max_length=10)),
                ('for_portal', models.BooleanField(default=False, help_text='customers read it too, while it is published')),
                ('from_case', models.ForeignKey(help_text='whose story it was drafted from', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.case')),
            ],
            options={
                'db_table': 'article',
            },
        ),
        migrations.CreateModel(
            name='ArticleEdition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edition', models.IntegerField(help_text='1, 2, … of this article')),
                ('texts', models.JSONField(help_text='by language: {"es": {"title": …, "text": …}}')),
                ('causes', models.TextField(blank=True, help_text='of which faults it speaks, a line each')),
                ('meanings', models.TextField(blank=True, help_text='a word of the trade for each thing that it says in another way, to be found by')),
                ('kinds', models.JSONField(default=list, help_text='of ElementKind: where such a fault is found')),
                ('for_portal', models.BooleanField(default=False, help_text='customers may read it once it is published')),
                ('reason', models.CharField(blank=True, help_text='why it was changed', max_length=200)),
                ('made_at', models.DateTimeField()),
                ('search', models.GeneratedField(db_persist=True, expression=models.Func('texts', 'causes', 'meanings', arg_joiner=") || to_tsvector('spanish'::regconfig, ", template="(to_tsvector('spanish'::regconfig, %(expressions)s))"), output_field=django.contrib.postgres.search.SearchVectorField())),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='editions', to='guardia.article')),
                ('elements', models.ManyToManyField(db_table='article_element', related_name='+', to='guardia.element')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'article_edition',
            },
        ),
        migrations.AddField(
            model_name='article',
            name='newest',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.articleedition'),
        ),
        migrations.AddField(
            model_name='article',
            name='published',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.articleedition'),
        ),
        migrations.CreateModel(
            name='ArticleOpinion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('helped', models.BooleanField()),
                ('day', models.DateField(help_text='UTC')),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='opinions', to='guardia.article')),
            ],
            options={
                'db_table': 'article_opinion',
            },
        ),
        migrations.CreateModel(
            name='ArticleUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('helped', models.BooleanField(help_text='null: used, and nothing said of it', null=True)),
                ('at', models.DateTimeField()),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='guardia.article')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.case')),
                ('staff', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'article_use',
            },
        ),
        migrations.AddIndex(
            model_name='articleedition',
            index=django.contrib.postgres.indexes.GinIndex(fields=['search'], name='article_search'),
        ),
        migrations.AddConstraint(
            model_name='articleedition',
            constraint=models.UniqueConstraint(fields=('article', 'edition'), name='article_edition_once'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['state', '-number'], name='article_by_state'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'published', 'retired'])), name='article_state_known'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), ('published__isnull', False), _connector='OR'), name='article_has_its_edition'),
        ),
        migrations.AddConstraint(
            model_name='articleuse',
            constraint=models.UniqueConstraint(fields=('article', 'case', 'staff'), name='article_use_once'),
        ),
    ]
