"""The canned replies, with a few that state only what the shop documents."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


REPLIES = [
    ('Bonjour', 'Bonjour, ici {conseiller}, de l’équipe Pixmania. Je lis votre conversation.'),
    ('Facture', 'Votre facture est dans votre compte client\u00a0: vous pouvez la télécharger et l’imprimer. Si elle n’y est pas, demandez-la au vendeur\u00a0: «\u00a0Contacter le vendeur\u00a0», puis «\u00a0Demande de facture\u00a0» dans la liste.'),
    ('Suivi du colis', 'Le suivi de votre commande {commande} est ici\u00a0: {lien de suivi}'),
    ('Rétractation', 'Pour votre commande {commande}, vous avez jusqu’au {date limite} pour vous rétracter. Prévenez d’abord le vendeur, sur la page de la commande\u00a0: renvoyer le produit sans le dire ne suffit pas.'),
    ('Conditions de retour', 'Le retour doit être complet\u00a0: emballage d’origine, notices, accessoires. Le produit doit être en parfait état de revente\u00a0: ni utilisé, ni sali, ni abîmé.'),
    ('Remboursement', 'Le remboursement est fait par Pixmania ou par le vendeur, par le même moyen de paiement que l’achat, dans les 30 jours après le retour du produit.'),
    ('Colis abîmé', 'Notez d’abord les dégâts sur le bon de livraison du transporteur, et prenez le colis en photo\u00a0: sans les deux, la réclamation ne peut pas être traitée. Contactez ensuite le vendeur depuis «\u00a0Mon compte\u00a0».'),
    ('Contacter le vendeur', 'Dans «\u00a0Mon compte\u00a0», «\u00a0Commandes\u00a0», choisissez votre commande et cliquez sur «\u00a0Contacter le vendeur\u00a0». Il vous répond dès que possible.'),
    ('Mot de passe', "Sur la page du compte client, indiquez votre adresse e-mail et cliquez sur «\u00a0J'ai oublié mon mot de passe ?\u00a0»\u00a0: un lien de réinitialisation vous est envoyé."),
    ('Au revoir', 'Je vous remercie de votre patience. Si vous avez une autre question, l’assistant reste là.'),
]


def add(apps, schema_editor):
    model = apps.get_model("console", "CannedReply")
    model.objects.bulk_create(model(title=title, text=text, shared=True) for title, text in REPLIES)


class Migration(migrations.Migration):

    dependencies = [
        ('console', '0010_handed_over'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CannedReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=40, verbose_name='titre')),
                ('text', models.TextField(max_length=2000, verbose_name='texte')),
                ('shared', models.BooleanField(default=False, verbose_name='pour toute l’équipe')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['title', 'pk'],
            },
        ),
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
