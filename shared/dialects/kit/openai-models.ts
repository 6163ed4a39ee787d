const families = /(?:^|\/)(?:ft:)?(?:gpt-[34]|chatgpt-)|-chat(?:-latest)?$/;

/** Whether a model of OpenAI's is of a family that cannot think, and answers 400 to requests for thinking. */
export const cannotThink = (model: string): boolean => families.test(model);
