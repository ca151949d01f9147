"""Serve the converted model over HTTP.

Run `uvicorn app:app`, and open http://127.0.0.1:8000.
"""

import asyncio
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from pydantic import BaseModel, Field, ValidationError
from pydantic_settings import BaseSettings

from errors import InputError, exit_on_input_error
from inference_onnx import ColaONNXPredictor


class Settings(BaseSettings, env_prefix="COLA_"):
    """What environment variables can set: COLA_MODEL, COLA_MAX_SENTENCES and so on."""

    model: Path = Path("models/onnx/model.int8.onnx")
    max_characters: int = 1_000  # of a sentence
    max_sentences: int = 100  # of a request
    max_body_bytes: int = 1_000_000  # of a request


with exit_on_input_error():
    try:
        settings = Settings()
    except ValidationError as error:
        problem = error.errors()[0]
        raise InputError(f"COLA_{str(problem['loc'][0]).upper()}: {problem['msg']}") from None
    # Loaded at import and not in the app's lifespan: so a missing model ends the server with one
    # line, and Lambda, which runs no lifespan, loads it before the first request.
    predictor = ColaONNXPredictor(settings.model)
    predictor.predict(["Is it there?"])  # the first prediction is slow, so no user waits for it

Sentence = Annotated[
    str,
    Field(
        min_length=1,
        max_length=settings.max_characters,
        examples=["The boy is sitting on a bench"],
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
}


def refuse(reason: str) -> JSONResponse:
    """Return a response with status 422 that says the reason."""
    return JSONResponse({"detail": reason}, status_code=422)


@app.exception_handler(InputError)
async def refuse_sentence(request: Request, error: InputError) -> JSONResponse:
    return refuse(str(error))


@app.exception_handler(RequestValidationError)
async def refuse_request(request: Request, error: RequestValidationError) -> JSONResponse:
    # Where it is wrong and why, but not what was sent: that can be long, or no valid text.
    first = error.errors()[0]
    return refuse(f"{'.'.join(map(str, first['loc']))}: {first['msg']}")


@app.exception_handler(400)
async def refuse_body(request: Request, error: Exception) -> JSONResponse:
    return refuse("body: This is not JSON in UTF-8, or nested too deeply.")


async def predict(sentences: list[str]) -> list[SentencePrediction]:
    # In a thread, so that the event loop goes on to answer other requests meanwhile.
    predictions = await asyncio.to_thread(predictor.predict, sentences)
    return [
        SentencePrediction(sentence=sentence, **prediction)
        for sentence, prediction in zip(sentences, predictions, strict=True)
    ]


@app.get("/", include_in_schema=False)
async def show_page() -> FileResponse:
    return FileResponse("index.html")


@app.get("/health")
async def report_health() -> Health:
    return Health(status="ok")


@app.get("/predict", responses=REFUSALS)
async def predict_one(text: Annotated[Sentence, Query()]) -> SentencePrediction:
    """Predict whether one sentence is acceptable."""
    [prediction] = await predict([text])
    return prediction


@app.post("/predict", responses=REFUSALS)
async def predict_many(request: PredictionRequest) -> PredictionResponse:
    """Predict for one sentence or several, in their order."""
    return PredictionResponse(predictions=await predict(request.sentences))
