/**
 * Whether a request holds what Codex adds to OpenAI's Responses and xAI answers with 422 or 400: it reads tools and items as one of a
 * fixed list of shapes.
 */
export function holdsCodexForms({ tools, input }: Readonly<Record<string, unknown>>): boolean {
  return [tools, input].flatMap(shapesOf).some((shape) => {
    const { type, content } = shape as { type?: string; content?: unknown };
    const isUnknown = /^(?:namespace|custom|tool_search|local_shell|image_generation|additional_tools)/.test(
      type ?? '',
    );
    const hasUnknown = ['external_web_access', 'namespace', 'defer_loading'].some((name) => name in shape);
    return isUnknown || hasUnknown || (type === 'reasoning' && content === null);
  });
}

const shapesOf = (value: unknown): object[] => (Array.isArray(value) ? value : []);

/** How xAI answers it. */
export const refusal = {
  status: 422,
  body: { code: 'invalid', error: 'data did not match any variant of untagged enum ModelInput' },
};
