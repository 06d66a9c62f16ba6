"""Rules and stories that contradict each other: Rasa finds them in a training, and `rasa data validate` does not."""

import pytest

from harness.project import ROOT, read


def test_no_story_contradicts_a_rule(tmp_path, capfd):
    found = contradictions(tmp_path)
    capfd.readouterr()  # drop Rasa's progress bars
    if found:
        pytest.fail(f"data/rules/ or data/stories/:\n{found}", pytrace=False)


def contradictions(storage):
    """The contradictions that RulePolicy reports; it needs no trained NLU."""
    from rasa.core.policies.rule_policy import RulePolicy
    from rasa.engine.graph import ExecutionContext, GraphSchema
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.storage.resource import Resource
    from rasa.shared.core.generator import TrainingDataGenerator
    from rasa.shared.exceptions import RasaException
    from rasa.shared.importers.rasa import RasaFileImporter

    folders = [str(folder) for name in ("rules", "stories") if (folder := ROOT / "data" / name).exists()]
    importer = RasaFileImporter(str(ROOT / "config.yml"), str(ROOT / "domain.yml"), folders)
    domain = importer.get_domain()
    trackers = TrainingDataGenerator(importer.get_stories(), domain, augmentation_factor=0).generate()
    options = next(one for one in read(ROOT / "config.yml")["policies"] if one["name"] == "RulePolicy")
    policy = RulePolicy(
        RulePolicy.get_default_config() | options,
        LocalModelStorage(storage),
        Resource("rules"),
        ExecutionContext(GraphSchema({})),
    )
    try:
        policy.train(trackers, domain)
    except RasaException as fault:
        # Also reported for an unknown action; the list of known ones is cut off.
        return str(fault).partition(" Available actions")[0]
    return ""
