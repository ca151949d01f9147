# Refuse a request while as many predictions run as the setting allows.
git apply <<'PATCH'
--- a/app.py
+++ b/app.py
@@ -7,7 +7,7 @@ import asyncio
 from pathlib import Path
 from typing import Annotated, Any, Literal
 
-from fastapi import FastAPI, Query, Request
+from fastapi import FastAPI, HTTPException, Query, Request
 from fastapi.exceptions import RequestValidationError
 from fastapi.responses import FileResponse, JSONResponse
 from pydantic import BaseModel, Field, ValidationError
@@ -24,6 +24,7 @@ class Settings(BaseSettings, env_prefix="COLA_"):
     max_characters: int = 1_000  # of a sentence
     max_sentences: int = 100  # of a request
     max_body_bytes: int = 1_000_000  # of a request
+    max_running: int = 8  # predictions at the same time
 
 
 with exit_on_input_error():
@@ -37,6 +38,8 @@ with exit_on_input_error():
     predictor = ColaONNXPredictor(settings.model)
     predictor.predict(["Is it there?"])  # the first prediction is slow, so no user waits for it
 
+slots = asyncio.Semaphore(settings.max_running)
+
 Sentence = Annotated[
     str,
     Field(
@@ -82,6 +85,7 @@ app = FastAPI(
 REFUSALS: dict[int | str, dict[str, Any]] = {
     413: {"description": "More bytes than the server reads"},
     422: {"model": Problem},
+    503: {"model": Problem},
 }
 
 
@@ -108,8 +112,11 @@ async def refuse_body(request: Request, error: Exception) -> JSONResponse:
 
 
 async def predict(sentences: list[str]) -> list[SentencePrediction]:
+    if slots.locked():
+        raise HTTPException(503, "Too many requests at once: try again.", {"Retry-After": "1"})
     # In a thread, so that the event loop goes on to answer other requests meanwhile.
-    predictions = await asyncio.to_thread(predictor.predict, sentences)
+    async with slots:
+        predictions = await asyncio.to_thread(predictor.predict, sentences)
     return [
         SentencePrediction(sentence=sentence, **prediction)
         for sentence, prediction in zip(sentences, predictions, strict=True)
PATCH
