"""S3 by boto3, one call after the other: make a bucket, put, list, get, presign, version, delete.

Run `python s3_basics.py BUCKET`, with a name that nobody in the world has. The bucket is removed in
the end.
"""

import argparse
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from errors import InputError, exit_on_input_error

KEY = "notes/hello.txt"


def make_bucket(s3: Any, bucket: str) -> None:
    """Make a bucket that keeps old versions; raises InputError where there is one."""
    # S3 itself would take your own bucket of that name for the new one.
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] != "404":
            raise
    else:
        raise InputError(f"There is a bucket {bucket} already: give a new name.")
    region = s3.meta.region_name
    # us-east-1 is S3's default, and the one region that may not be named.
    place = {} if region == "us-east-1" else {"LocationConstraint": region}
    s3.create_bucket(Bucket=bucket, **({"CreateBucketConfiguration": place} if place else {}))


def remove_bucket(s3: Any, bucket: str) -> None:
    """Remove a bucket with all versions of all that is in it."""
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for version in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
            s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
    s3.delete_bucket(Bucket=bucket)


def show_basics(s3: Any, bucket: str) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket=bucket, Key=KEY, Body=b"Hello, bucket!")
    print(f"put        {KEY}")

    for entry in s3.list_objects_v2(Bucket=bucket, Prefix="notes/")["Contents"]:
        print(f"list       {entry['Key']}, {entry['Size']} bytes")

    print("get       ", s3.get_object(Bucket=bucket, Key=KEY)["Body"].read().decode())

    # Whoever has this address can read the object, without a key, until it expires.
    url = s3.generate_presigned_url(
        "get_object", Params={"Bucket": bucket, "Key": KEY}, ExpiresIn=60
    )
    print("presign   ", url.split("?")[0], "and a signature, good for 60 s")

    s3.put_object(Bucket=bucket, Key=KEY, Body=b"Hello again!")
    versions = s3.list_object_versions(Bucket=bucket, Prefix=KEY)["Versions"]
    old = s3.get_object(Bucket=bucket, Key=KEY, VersionId=first["VersionId"])["Body"].read()
    print(f"version    {len(versions)} are kept; the first says: {old.decode()}")

    s3.delete_object(Bucket=bucket, Key=KEY)
    left = s3.list_objects_v2(Bucket=bucket)["KeyCount"]
    print(f"delete     {left} objects are left, and both versions behind the mark")


@exit_on_input_error()
def main() -> None:
    parser = argparse.ArgumentParser(description="Show what S3 does, in a new bucket.")
    parser.add_argument("bucket", help="its name; it is made, and removed in the end")
    args = parser.parse_args()
    try:
        s3 = boto3.client("s3")
        make_bucket(s3, args.bucket)
        print(f"bucket     {args.bucket}, in {s3.meta.region_name}")
        try:
            show_basics(s3, args.bucket)
        finally:
            remove_bucket(s3, args.bucket)
            print(f"removed    {args.bucket}")
    except (BotoCoreError, ClientError) as error:
        raise InputError(f"S3 refused: {error}") from None


if __name__ == "__main__":
    main()
