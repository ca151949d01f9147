# An experiment chooses from several groups, and says what to sweep over.
mkdir configs/experiment
cat > configs/experiment/rates.yaml <<'END'
# @package _global_
# Which learning rate? Short runs, without W&B.
defaults:
  - override /training: fast
  - override /logger: tensorboard

hydra:
  sweeper:
    params:
      model.learning_rate: 1e-4,2e-4,4e-4
END
