# The forwarder, a function of its own. Its image sets up Elasticsearch and Kibana too.
FROM public.ecr.aws/lambda/python:3.13
WORKDIR /var/task
COPY requirements/forwarder.txt requirements/
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install --no-deps --target . --requirement requirements/forwarder.txt
COPY cloudwatch_to_elasticsearch.py elasticsearch_client.py errors.py ./
COPY setup_elasticsearch.py setup_kibana.py ./
COPY kibana kibana
USER 65532:65532
CMD ["cloudwatch_to_elasticsearch.handler"]
ARG REVISION=unknown
LABEL org.opencontainers.image.revision=$REVISION
