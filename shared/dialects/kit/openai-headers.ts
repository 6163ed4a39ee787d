/** Under one key OpenAI answers a repeated request once; its SDKs send it with their own retries. */
export const IDEMPOTENCY_HEADER = 'idempotency-key';
