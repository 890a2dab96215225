"""OpenAI-compatible endpoints and the embedded local model, streamed. `openai` is imported by the first call."""
