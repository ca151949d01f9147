# The default with another precision.
cat > configs/training/gpu.yaml <<'END'
# For a GPU that computes with half as many bits.
defaults:
  - default

precision: bf16-mixed
END
