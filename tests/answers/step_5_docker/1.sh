# Sets the limit in the compose file.
git apply <<'PATCH'
--- a/docker-compose.yml
+++ b/docker-compose.yml
@@ -2,6 +2,8 @@ services:
   api:
     build: .
     image: cola
+    environment:
+      COLA_MAX_SENTENCES: 2
     ports:
       - "127.0.0.1:8000:8000" # from this machine only
     read_only: true
PATCH
