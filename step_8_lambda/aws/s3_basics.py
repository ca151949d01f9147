"""Show what S3 does, one call after the other: create a bucket; put, list, get, presign, version
and delete an object.

The bucket is deleted in the end. Its name must be one that nobody in the world has taken.
"""

import argparse
from typing import Any

import boto3
import requests
from botocore.config import Config
from botocore.exceptions import ClientError

from aws.errors import exit_on_aws_error
from errors import InputError

KEY = "notes/hello.txt"
# Without these settings, a presigned URL can have an old kind of signature, and an address that S3
# redirects to the bucket's region, where the signature is no longer right.
CONFIG = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})


def create_bucket(s3: Any, bucket: str) -> None:
    """Create a bucket in the region of the client. Raises InputError if the bucket exists."""
    # In us-east-1, create_bucket succeeds for a bucket that is yours already.
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in ("400", "403"):  # a HEAD request's answer has no text with the reason
            raise InputError(
                f"S3 refuses to look at the bucket {bucket} ({code}): somebody else has taken this "
                "name, or your credentials are wrong or expired, or lack the right s3:ListBucket."
            ) from None
        if code != "404":
            raise
    else:
        raise InputError(f"There is a bucket {bucket} already: give a new name.")
    region = s3.meta.region_name
    if region == "us-east-1":  # S3's default, and the one region that must not be named
        s3.create_bucket(Bucket=bucket)
    else:
        location = {"LocationConstraint": region}
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=location)


def delete_bucket(s3: Any, bucket: str) -> None:
    """Delete a bucket with all versions of all objects in it."""
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for version in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
            s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
    s3.delete_bucket(Bucket=bucket)


def show_basics(s3: Any, bucket: str) -> None:
    """Call S3's basic operations in an empty bucket, and print what each of them returns."""
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket=bucket, Key=KEY, Body=b"Hello, bucket!")
    print(f"put        {KEY}")

    for entry in s3.list_objects_v2(Bucket=bucket, Prefix="notes/")["Contents"]:
        print(f"list       {entry['Key']}, {entry['Size']} bytes")

    print("get       ", s3.get_object(Bucket=bucket, Key=KEY)["Body"].read().decode())

    # Whoever has this URL can read the object, without a key, until the URL expires.
    url = s3.generate_presigned_url(
        "get_object", Params={"Bucket": bucket, "Key": KEY}, ExpiresIn=60
    )
    print("presign   ", url.split("?")[0], "and a signature, good for 60 s")
    print("fetch     ", requests.get(url, timeout=60).text)

    s3.put_object(Bucket=bucket, Key=KEY, Body=b"Hello again!")
    versions = s3.list_object_versions(Bucket=bucket, Prefix=KEY)["Versions"]
    old = s3.get_object(Bucket=bucket, Key=KEY, VersionId=first["VersionId"])["Body"].read()
    print(f"version    {len(versions)} are kept; the first says: {old.decode()}")

    s3.delete_object(Bucket=bucket, Key=KEY)
    count = s3.list_objects_v2(Bucket=bucket)["KeyCount"]
    print(f"delete     {count} objects are left; a delete marker hides both versions")


@exit_on_aws_error()
def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m aws.s3_basics",
        description=__doc__,
    )
    parser.add_argument("bucket", help="the name of a bucket that does not exist yet")
    args = parser.parse_args()
    s3 = boto3.client("s3", config=CONFIG)
    create_bucket(s3, args.bucket)
    print(f"bucket     {args.bucket}, in {s3.meta.region_name}")
    try:
        show_basics(s3, args.bucket)
    finally:
        delete_bucket(s3, args.bucket)
        print(f"removed    {args.bucket}")


if __name__ == "__main__":
    main()
