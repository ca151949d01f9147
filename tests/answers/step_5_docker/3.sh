# Answers 503 at /ready while a long request is predicted, or waits.
git apply <<'PATCH'
--- a/app.py
+++ b/app.py
@@ -194,6 +194,13 @@ async def report_health() -> Health:
     return Health(status="ok")
 
 
+@app.get("/ready")
+async def report_readiness() -> Health:
+    if long_lane.characters:
+        raise HTTPException(503, "A long request is being predicted.")
+    return Health(status="ok")
+
+
 @app.get("/predict", responses=REFUSALS)
 async def predict_one(text: Annotated[Sentence, Query()], request: Request) -> SentencePrediction:
     """Predict whether one sentence is acceptable."""
PATCH
