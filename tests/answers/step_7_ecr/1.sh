# Removes the delete marker.
git apply <<'PATCH'
--- a/aws/s3_basics.py
+++ b/aws/s3_basics.py
@@ -64,10 +64,14 @@ def show_basics(s3: Any, bucket: str) -> None:
     old = s3.get_object(Bucket=bucket, Key=KEY, VersionId=first["VersionId"])["Body"].read()
     print(f"version    {len(versions)} are kept; the first says: {old.decode()}")
 
-    s3.delete_object(Bucket=bucket, Key=KEY)
+    marker = s3.delete_object(Bucket=bucket, Key=KEY)
     count = s3.list_objects_v2(Bucket=bucket)["KeyCount"]
     print(f"delete     {count} objects are left; a delete marker hides both versions")
 
+    # Without the marker, the newest version is the object again.
+    s3.delete_object(Bucket=bucket, Key=KEY, VersionId=marker["VersionId"])
+    print("restore   ", s3.get_object(Bucket=bucket, Key=KEY)["Body"].read().decode())
+
 
 @exit_on_aws_error()
 def main() -> None:
PATCH
