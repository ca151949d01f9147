# Adds a page: to the app, to what a build may see, and to the image.
cat > help.html <<'HTML'
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>What the scores mean</title>
  </head>
  <body>
    <p>How sure the model is: 0.5 is a coin toss, and near 1 it has hardly a doubt. It can still be wrong.</p>
  </body>
</html>
HTML
git apply <<'PATCH'
--- a/.dockerignore
+++ b/.dockerignore
@@ -3,6 +3,7 @@
 !requirements/inference.txt
 !app.py
 !errors.py
+!help.html
 !http_protocol.py
 !index.html
 !inference_onnx.py
--- a/Dockerfile
+++ b/Dockerfile
@@ -16,7 +16,7 @@ ENV COLA_THREADS=2 RAYON_NUM_THREADS=1 MALLOC_ARENA_MAX=1
 WORKDIR /app
 COPY --from=build /venv /venv
 COPY models/onnx/model.int8.onnx models/onnx/tokenizer.json models/onnx/
-COPY app.py errors.py http_protocol.py index.html inference_onnx.py predictions.py utils.py ./
+COPY app.py errors.py help.html http_protocol.py index.html inference_onnx.py predictions.py utils.py ./
 USER 65532:65532
 EXPOSE 8000
 HEALTHCHECK --interval=5s --timeout=3s --start-period=30s \
--- a/app.py
+++ b/app.py
@@ -188,6 +188,11 @@ async def show_page() -> FileResponse:
     return FileResponse("index.html", headers=page_headers)
 
 
+@app.get("/help", include_in_schema=False)
+async def show_help() -> FileResponse:
+    return FileResponse("help.html")
+
+
 @app.head("/health", include_in_schema=False)
 @app.get("/health")
 async def report_health() -> Health:
PATCH
