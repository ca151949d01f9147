"""What watches the model in production: traffic, drift, and the way to Elasticsearch."""
