"""Pickle train.py's main, as launchers of Hydra do to run it in another process."""

import cloudpickle

import train

cloudpickle.register_pickle_by_value(train)  # as if train.py had been started as a program
print(len(cloudpickle.dumps(train.main)) > 0)
