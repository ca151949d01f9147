"""The log of predictions in Elasticsearch, and its dashboard in Kibana."""
