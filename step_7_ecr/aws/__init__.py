"""What the course does in AWS. Each script here runs as a module: `python -m aws.s3_basics`."""
