import { expect, test } from 'vitest';
import { openaiResponsesClient as client } from '../../../shared/dialects/openai-responses/client/dialect.ts';

test.each([
  [{ type: 'web_search_preview_2025_03_11' }, 'web-search'],
  [{ type: 'web_search_2025_08_26' }, 'web-search'],
  // Codex without leave to reach the web.
  [{ type: 'web_search', external_web_access: false }, undefined],
  [{ type: 'code_interpreter', container: { type: 'auto' } }, 'code-execution'],
  [{ type: 'code_interpreter', container: 'cntr_1' }, undefined],
  [{ type: 'code_interpreter', container: { type: 'auto', file_ids: ['file-1'] } }, undefined],
  [{ type: 'image_generation' }, undefined],
  [{ type: 'mcp', server_label: 'x' }, undefined],
])('%j is elsewhere: %s', (tool, type) => {
  expect(client.readRequest({ model: 'm', input: 'hi', tools: [tool] }).tools?.[0]?.hosted?.type).toBe(type);
});
