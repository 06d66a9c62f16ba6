"""Lets Rasa run without TensorFlow, which takes 1.9 GB and which no component of this bot uses.

Rasa imports all its components, and six of them import TensorFlow. This module replaces each by a placeholder that can
be imported. If config.yml names it, it fails, and the error says what to do. `make` copies this file into the
environment, where a .pth file imports it whenever Python starts, so that it also works for the `rasa` command. If
TensorFlow is installed, it does nothing.
"""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

COMPONENTS = {
    "rasa.nlu.classifiers.diet_classifier": "DIETClassifier",
    "rasa.nlu.selectors.response_selector": "ResponseSelector",
    "rasa.nlu.featurizers.dense_featurizer.convert_featurizer": "ConveRTFeaturizer",
    "rasa.nlu.featurizers.dense_featurizer.lm_featurizer": "LanguageModelFeaturizer",
    "rasa.core.policies.ted_policy": "TEDPolicy",
    "rasa.core.policies.unexpected_intent_policy": "UnexpecTEDIntentPolicy",
}
# Names that `rasa.utils.train_utils` imports for these components; other components need its other functions.
HELPERS = {
    "rasa.utils.tensorflow.callback": ["RasaTrainingLogger", "RasaModelCheckpoint"],
    "rasa.utils.tensorflow.data_generator": ["RasaBatchDataGenerator"],
}
CURE = "`make tensorflow` builds an environment with it; then use `.venv-tensorflow/bin/rasa`."


class Placeholders:
    """Finds and loads the modules of COMPONENTS and HELPERS.

    Without the base classes of importlib.abc, whose import would double the time that Python takes to start.
    """

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name not in COMPONENTS and name not in HELPERS:
            return None
        from importlib.util import find_spec

        return None if find_spec("tensorflow") else ModuleSpec(name, self)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave it to Python."""

    def exec_module(self, module: ModuleType) -> None:
        if module.__name__ in COMPONENTS:
            name = COMPONENTS[module.__name__]
            setattr(module, name, _component(name, module.__name__))
        for name in HELPERS.get(module.__name__, []):
            setattr(module, name, type(name, (), {}))


def _component(name: str, module: str) -> type:
    """A component that Rasa finds under this name; using it ends the command with one line that says what to do."""
    from rasa.engine.graph import GraphComponent
    from rasa.engine.recipes.default_recipe import DefaultV1Recipe
    from rasa.shared.exceptions import RasaException

    class TensorFlowMissing(RasaException):
        pass

    def refuse(*arguments: object, **options: object) -> None:
        raise TensorFlowMissing(f"{name} needs TensorFlow, which is not installed here. {CURE}")

    # Training calls `required_packages` first; loading a model that was trained elsewhere calls `create`.
    members = {"__module__": module, "required_packages": staticmethod(refuse), "create": staticmethod(refuse)}
    kinds = DefaultV1Recipe.ComponentType
    kind = kinds.POLICY_WITHOUT_END_TO_END_SUPPORT if ".policies." in module else kinds.INTENT_CLASSIFIER
    return DefaultV1Recipe.register(kind, is_trainable=False)(type(name, (GraphComponent,), members))


def install() -> None:
    """Copy this file into the environment of the Python that runs it."""
    import shutil
    import sysconfig
    from pathlib import Path

    site = Path(sysconfig.get_path("purelib"))
    shutil.copy(__file__, site)
    (site / "rasa_without_tensorflow.pth").write_text("import rasa_without_tensorflow\n")


if __name__ == "__main__":
    install()
else:
    sys.meta_path.insert(0, Placeholders())  # type: ignore[arg-type]
