"""The usual path of tutorials, which the benchmarks compare the course with.

It trains and serves the same encoder in the way that many tutorials have in common. Every sentence
is padded to one maximum length. The model is an fp32 model. Serving imports the module that
prepares the training data, because that module has the tokenizer (transformers' AutoTokenizer).
The HTTP server predicts in a coroutine, which blocks the event loop.
"""
