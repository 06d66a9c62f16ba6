"""The console's addresses."""

from django.urls import path

from console.views import (
    account,
    audit,
    corrections,
    erase,
    exports,
    gaps,
    handovers,
    queue,
    state,
    thread,
    threads,
)

# from console.views import statistics as figures

app_name = "console"
urlpatterns = [
    path("", threads.threads, name="threads"),
    path("ensemble", threads.bulk, name="bulk"),
    path("vues", threads.save_view, name="save_view"),
    path("vues/<int:pk>/supprimer", threads.drop_view, name="drop_view"),
    path("export.<str:kind>", exports.export, name="export"),
    path("conversations/<int:pk>/", thread.thread, name="thread"),
    path("conversations/<int:pk>/reveler", thread.reveal, name="reveal"),
    path("conversations/<int:pk>/relire", thread.review, name="review"),
    path("conversations/<int:pk>/noter", thread.remark, name="remark"),
    path("conversations/<int:pk>/etiqueter", thread.tag, name="tag"),
    path("conversations/<int:pk>/presence", thread.presence, name="presence"),
    path("conversations/<int:pk>/histoire.yml", thread.story, name="story"),
    path("conversations/<int:pk>/effacer", erase.erase_thread, name="erase_thread"),
    path("a-relire/", queue.queue, name="queue"),
    path("a-relire/commencer", queue.begin, name="begin"),
    path("tours/<int:pk>/corriger", corrections.panel, name="correct"),
    path("tours/<int:pk>/corriger/apercu", corrections.preview, name="preview"),
    path("tours/<int:pk>/corriger/garder", corrections.save, name="keep"),
    path("corrections/", corrections.corrections, name="corrections"),
    path("corrections/exporter", corrections.export_all, name="export_corrections"),
    path("corrections/corrections.yml", corrections.download, name="download_corrections"),
    path("corrections/<int:pk>/retirer", corrections.drop, name="drop_correction"),
    path("incompris/", gaps.gaps, name="gaps"),
    # path("statistiques/", figures.statistics, name="statistics"),
    # path("statistiques.csv", figures.statistics_csv, name="statistics_csv"),
    path("demandes/", handovers.handovers, name="handovers"),
    path("demandes/<int:pk>/prendre", handovers.take, name="take"),
    path("demandes/<int:pk>/rendre", handovers.give_back, name="give_back"),
    path("demandes/<int:pk>/repondue", handovers.answered, name="answered"),
    path("effacer/", erase.erase, name="erase"),
    path("effacer/<int:pk>/", erase.receipt, name="receipt"),
    path("journal/", audit.audit, name="audit"),
    path("etat/", state.state, name="state"),
    path("aide/", state.help_page, name="help"),
    path("compte/", account.account, name="account"),
    path("compte/code/", account.enrol, name="enrol"),
    path("compte/sans-code", account.leave_second_factor, name="leave_second_factor"),
    path("connexion/", account.sign_in, name="sign_in"),
    path("connexion/code/", account.second_factor, name="second_factor"),
    path("deconnexion/", account.sign_out, name="sign_out"),
]
