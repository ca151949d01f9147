"""Serve the converted model over HTTP.

Run `uvicorn app:app`, and open http://127.0.0.1:8000.
"""

import asyncio
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote_to_bytes

from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from pydantic import BaseModel, Field, ValidationError
from pydantic_settings import BaseSettings
from starlette.routing import Match

from errors import InputError, exit_on_input_error
from inference_onnx import ColaONNXPredictor
from predictions import Prediction


class Settings(BaseSettings, env_prefix="COLA_"):
    """What environment variables can set: COLA_MODEL, COLA_MAX_SENTENCES and so on."""

    model: Path = Path("models/onnx/model.int8.onnx")
    max_characters: int = 1_000  # of a sentence
    max_sentences: int = 100  # of a request
    max_body_bytes: int = 1_000_000  # of a request
    threads: int = 0  # of ONNX Runtime; 0 means one for each core of the machine


with exit_on_input_error():
    try:
        settings = Settings()
    except ValidationError as error:
        problem = error.errors()[0]
        raise InputError(f"COLA_{str(problem['loc'][0]).upper()}: {problem['msg']}") from None
    # Loaded at import and not in the app's lifespan: so a missing model ends the server with one
    # line, and Lambda, which runs no lifespan, loads it before the first request.
    predictor = ColaONNXPredictor(settings.model, settings.threads)
    predictor.predict(["Is it there?"])  # the first prediction is slow, so no user waits for it

Sentence = Annotated[
    str,
    Field(
        min_length=1,
        max_length=settings.max_characters,
        examples=["The boy is sitting on a bench"],
        # For the API's description only: predictions.py refuses a blank sentence in clearer words.
        json_schema_extra={"pattern": r"\S"},
    ),
]


class SentencePrediction(BaseModel):
    """The likelier label of a sentence, its score, and each label's; scores add up to 1."""

    sentence: str
    label: str
    score: float
    scores: dict[str, float]


class PredictionRequest(BaseModel):
    sentences: Annotated[list[Sentence], Field(min_length=1, max_length=settings.max_sentences)]


class PredictionResponse(BaseModel):
    predictions: list[SentencePrediction]


class Health(BaseModel):
    status: Literal["ok"]


class Problem(BaseModel):
    """Why a request was refused."""

    detail: str


app = FastAPI(
    title="Linguistic acceptability",
    description="Is this English sentence grammatical?",
    max_body_size=settings.max_body_bytes,
)
REFUSALS: dict[int | str, dict[str, Any]] = {
    413: {"description": "More bytes than the server reads"},
    422: {"model": Problem},
    503: {"model": Problem, "description": "Too many requests wait: try again later"},
}


def refuse(reason: str) -> JSONResponse:
    """Return a response with status 422 that says the reason."""
    return JSONResponse({"detail": reason}, status_code=422)


@app.exception_handler(InputError)
async def refuse_sentence(request: Request, error: InputError) -> JSONResponse:
    return refuse(str(error))


@app.exception_handler(RequestValidationError)
async def refuse_request(request: Request, error: RequestValidationError) -> JSONResponse:
    if isinstance(error.body, bytes):  # FastAPI reads it as JSON only if the header says so
        return refuse("body: Send JSON with the header `Content-Type: application/json`.")
    # Where it is wrong and why, but not what was sent: that can be long, or no valid text.
    first = error.errors()[0]
    return refuse(f"{'.'.join(map(str, first['loc']))}: {first['msg']}")


@app.exception_handler(400)
async def refuse_body(request: Request, error: Exception) -> JSONResponse:
    return refuse("body: This is not JSON in UTF-8, or nested too deeply.")


@app.exception_handler(405)
async def refuse_method(request: Request, error: Exception) -> JSONResponse:
    # The methods of all routes of this path, because Starlette names those of the first one only.
    routes = [route for route in app.routes if route.matches(request.scope)[0] != Match.NONE]
    methods = sorted({method for route in routes for method in getattr(route, "methods", ())})
    return JSONResponse({"detail": "Method Not Allowed"}, 405, {"Allow": ", ".join(methods)})


class Lane:
    """Predicts for one request after another, and refuses a request when too much waits already."""

    def __init__(self, max_characters: int):
        self.max_characters = max_characters
        self.characters = 0  # of the sentences that wait, and of those that are being predicted
        self.turn = asyncio.Semaphore(1)

    async def predict(self, sentences: list[str], characters: int) -> list[Prediction]:
        """Return the predictions; raises HTTPException with status 503 when the lane is full."""
        if self.characters + characters > self.max_characters:
            raise HTTPException(503, "The server is busy: try again.", {"Retry-After": "1"})
        self.characters += characters
        try:
            async with self.turn:
                # In a thread, so that the event loop goes on to answer other requests meanwhile.
                return await asyncio.to_thread(predictor.predict, sentences)
        except asyncio.CancelledError:  # by Uvicorn, once the time for a graceful stop is over
            raise HTTPException(503, "The server is stopping.", {"Retry-After": "1"}) from None
        finally:
            self.characters -= characters


# Short requests, which are no longer than one sentence may be, don't wait for long ones. The short
# lane holds ten of the longest sentences, and the long lane one of the longest requests. This
# limits both the memory and the time that a request waits.
short_lane = Lane(max_characters=10 * settings.max_characters)
long_lane = Lane(max_characters=settings.max_sentences * settings.max_characters)


async def predict(sentences: list[str]) -> list[SentencePrediction]:
    characters = sum(map(len, sentences))
    lane = short_lane if characters <= settings.max_characters else long_lane
    predictions = await lane.predict(sentences, characters)
    return [
        SentencePrediction(sentence=sentence, **prediction)
        for sentence, prediction in zip(sentences, predictions, strict=True)
    ]


def make_page_headers(page: Path) -> dict[str, str]:
    """Return headers by which a browser runs the page's own script and style, and nothing else."""
    policy = "default-src 'none'; connect-src 'self'; img-src data:; frame-ancestors 'none'"
    html = page.read_text(encoding="utf-8")
    for tag in ("script", "style"):
        for content in re.findall(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL):
            digest = b64encode(sha256(content.encode()).digest()).decode()
            policy += f"; {tag}-src 'sha256-{digest}'"
    return {"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff"}


page_headers = make_page_headers(Path("index.html"))


@app.head("/", include_in_schema=False)
@app.get("/", include_in_schema=False)
async def show_page() -> FileResponse:
    return FileResponse("index.html", headers=page_headers)


@app.head("/health", include_in_schema=False)
@app.get("/health")
async def report_health() -> Health:
    return Health(status="ok")


@app.get("/predict", responses=REFUSALS)
async def predict_one(text: Annotated[Sentence, Query()], request: Request) -> SentencePrediction:
    """Predict whether one sentence is acceptable."""
    try:
        unquote_to_bytes(request.url.query).decode()
    except UnicodeDecodeError:
        raise InputError("query.text: This is not text in UTF-8.") from None
    [prediction] = await predict([text])
    return prediction


@app.post("/predict", responses=REFUSALS)
async def predict_many(request: PredictionRequest) -> PredictionResponse:
    """Predict for one sentence or several, in their order."""
    return PredictionResponse(predictions=await predict(request.sentences))
