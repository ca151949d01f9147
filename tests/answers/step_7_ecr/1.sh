# Removes the mark that the delete has left.
git apply <<'PATCH'
--- a/s3_basics.py
+++ b/s3_basics.py
@@ -60,10 +60,14 @@ def show_basics(s3: Any, bucket: str) -> None:
     old = s3.get_object(Bucket=bucket, Key=KEY, VersionId=first["VersionId"])["Body"].read()
     print(f"version    {len(versions)} are kept; the first says: {old.decode()}")
 
-    s3.delete_object(Bucket=bucket, Key=KEY)
+    mark = s3.delete_object(Bucket=bucket, Key=KEY)
     left = s3.list_objects_v2(Bucket=bucket)["KeyCount"]
     print(f"delete     {left} objects are left, and both versions behind the mark")
 
+    # Without the mark, the newest version is the object again.
+    s3.delete_object(Bucket=bucket, Key=KEY, VersionId=mark["VersionId"])
+    print("restore   ", s3.get_object(Bucket=bucket, Key=KEY)["Body"].read().decode())
+
 
 @exit_on_input_error()
 def main() -> None:
PATCH
