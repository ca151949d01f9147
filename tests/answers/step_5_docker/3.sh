# Refuses a request while as many predictions run as may.
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
+    max_running: int = 8  # predictions at once
 
 
 with exit_on_input_error():
@@ -35,6 +36,8 @@ with exit_on_input_error():
     predictor = ColaONNXPredictor(settings.model)
     predictor.predict(["Is it there?"])  # Only once the model answers does the server listen.
 
+slots = asyncio.Semaphore(settings.max_running)
+
 Sentence = Annotated[
     str,
     Field(
@@ -80,6 +83,7 @@ app = FastAPI(
 REFUSALS: dict[int | str, dict[str, Any]] = {
     413: {"description": "More bytes than the server reads"},
     422: {"model": Problem},
+    503: {"model": Problem},
 }
 
 
@@ -106,7 +110,10 @@ async def refuse_body(request: Request, error: Exception) -> JSONResponse:
 
 async def judge(sentences: list[str]) -> list[SentencePrediction]:
     # In a thread, so that a prediction never keeps the event loop from its other work.
-    predictions = await asyncio.to_thread(predictor.predict, sentences)
+    if slots.locked():
+        raise HTTPException(503, "Too many requests at once: try again.", {"Retry-After": "1"})
+    async with slots:
+        predictions = await asyncio.to_thread(predictor.predict, sentences)
     return [
         SentencePrediction(sentence=sentence, **prediction)
         for sentence, prediction in zip(sentences, predictions, strict=True)
PATCH
