"""Check that the simulated traffic has no sentence of the training data of the given sources."""

import random
import sys

from cola import read_splits
from monitoring.simulate_traffic import choose_sentences

for source in sys.argv[1:]:
    train = {example.sentence for example in read_splits(source).train}
    for scenario in ("clean", "domain"):
        rng = random.Random(0)  # noqa: S311 - not a secret
        sentences = set(choose_sentences(scenario, 2000, rng))
        assert not train & sentences, (source, scenario)
    print(source, "checked")
