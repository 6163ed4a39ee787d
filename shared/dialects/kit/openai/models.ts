/** Under one key OpenAI answers a repeated request once; its SDKs send it with their own retries. */
export const IDEMPOTENCY_HEADER = 'idempotency-key';

const families = /(?:^|\/)(?:ft:)?(?:gpt-[34]|chatgpt-)|-chat(?:-latest)?$/;

/** Whether a model of OpenAI's is of a family that cannot think, and answers 400 to requests for thinking. */
export const cannotThink = (model: string): boolean => families.test(model);
