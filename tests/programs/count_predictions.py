"""Run train.py with the arguments of the command line; print how many sentences it predicts."""

import runpy
import sys

from inference import ColaPredictor

predict = ColaPredictor.predict
counts = []


def predict_and_count(self, sentences):
    counts.append(len(sentences))
    return predict(self, sentences)


ColaPredictor.predict = predict_and_count
sys.argv = ["train.py", *sys.argv[1:]]
runpy.run_path("train.py", run_name="__main__")
print("predicted", sum(counts))
