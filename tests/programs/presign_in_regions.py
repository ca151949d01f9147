"""Print the address and the kind of signature of a presigned URL, in three regions of AWS."""

import os
from urllib.parse import parse_qs, urlsplit

import boto3

from aws.s3_basics import CONFIG, KEY

for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
    os.environ.pop(name, None)
keys = {"aws_access_key_id": "tests", "aws_secret_access_key": "tests"}
for region in ("us-east-1", "eu-west-1", "ap-southeast-4"):
    s3 = boto3.client("s3", region_name=region, config=CONFIG, **keys)
    url = urlsplit(s3.generate_presigned_url("get_object", {"Bucket": "my-bucket", "Key": KEY}))
    algorithm = parse_qs(url.query).get("X-Amz-Algorithm", ["an older one"])
    print(f"{url.scheme}://{url.netloc}{url.path}", *algorithm)
