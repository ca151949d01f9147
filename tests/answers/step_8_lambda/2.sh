# Answers a schedule's event as the app's health.
git apply <<'PATCH'
--- a/lambda_handler.py
+++ b/lambda_handler.py
@@ -35,8 +35,13 @@ adapter = Mangum(app_in_stage, lifespan="off")
 
 
 def make_request(event: Any) -> dict[str, Any]:
-    """Return a Function URL's request that sends a direct event to /invoke, which checks it."""
-    http = {"method": "POST", "path": "/invoke", "sourceIp": "127.0.0.1"}
+    """The request of a Function URL that brings an event to the app.
+
+    A schedule's asks if it is well; any other is a direct call, which the app checks.
+    """
+    scheduled = isinstance(event, dict) and event.get("source") == "aws.events"
+    method, path = ("GET", "/health") if scheduled else ("POST", "/invoke")
+    http = {"method": method, "path": path, "sourceIp": "127.0.0.1"}
     return {
         "version": "2.0",
         "requestContext": {"http": http},
PATCH
