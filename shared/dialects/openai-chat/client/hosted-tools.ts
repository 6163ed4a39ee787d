import { defined } from '../../../chat/defined.ts';
import type { Tool } from '../../../chat/request.ts';
import { isJsonObject } from '../../../http/json.ts';
import { filled, readLocation } from '../../kit/read-values.ts';
import { OPENAI_CHAT, WEB_SEARCH_OPTIONS } from '../names.ts';

/** A search of the web is asked for beside the tools here, and no choice among them: the model is to search. */
export function readSearch(options: unknown): Tool[] {
  if (!isJsonObject(options)) return [];
  const { search_context_size: size, user_location: location } = options;
  const place = readLocation(isJsonObject(location) ? location.approximate : undefined);
  return [
    {
      kind: 'native',
      name: WEB_SEARCH_OPTIONS,
      required: true,
      native: { dialect: OPENAI_CHAT, fields: options },
      hosted: {
        type: 'web-search',
        ...defined({ contextSize: filled(size), location: place }),
      },
    },
  ];
}
