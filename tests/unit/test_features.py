"""Our TF-IDF rows equal scikit-learn's."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.features import CharacterNgrams, WordNgrams
from harness.project import heldout_lines, heldout_sets

LINES = [line for name in heldout_sets() for _, line in heldout_lines(name)]


@pytest.mark.parametrize("kind", [CharacterNgrams, WordNgrams])
def test_rows_are_those_of_scikit_learn_also_after_they_were_saved(kind, tmp_path):
    features, read = kind(), kind()
    features.fit(LINES[::2])
    features.save(tmp_path / "features")
    read.load(tmp_path / "features")
    theirs = TfidfVectorizer(strip_accents="unicode", sublinear_tf=True, **kind.options)
    theirs.fit(features.preprocess(LINES[::2]))
    asked = [*LINES[1::2], "", "🙂", "ÉTÉ été ete"]
    expected = theirs.transform(features.preprocess(asked)).toarray()
    for ours in (features, read):
        assert np.allclose(ours.transform(asked).toarray(), expected, atol=1e-12)
        one_by_one = np.vstack([ours.transform([line]).toarray() for line in asked[-20:]])
        assert np.allclose(one_by_one, expected[-20:], atol=1e-12)
