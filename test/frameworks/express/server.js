import express from "express";
import { answer } from "./agent.js";

const app = express();
app.use(express.json());

app.post("/chat", (request, response) => {
  const left = new AbortController();
  response.once("close", () => left.abort());
  void answer(request.body.prompt, left.signal).pipeTextStreamToResponse(response);
});

const server = app.listen(Number(process.env.PORT ?? 3000), () =>
  console.log(`http://localhost:${server.address().port}`),
);
